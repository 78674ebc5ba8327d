//! The findings of a check-up, and how they are printed.

use crate::table::write_json;
use anyhow::Result;
use serde::Serialize;
use std::{
    borrow::Cow,
    io::{self, Write},
};

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    /// As it should be.
    Ok,
    /// It works, and something should be changed.
    Warning,
    /// It does not work.
    Wrong,
}

impl Verdict {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Wrong => "wrong",
        }
    }
}

/// The result of a check.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    check: &'static str,
    verdict: Verdict,
    found: String,
    /// What to do; absent where nothing has to be done.
    advice: Option<Cow<'static, str>>,
}

/// All findings so far.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    findings: Vec<Finding>,
}

impl Report {
    pub(super) fn ok(&mut self, check: &'static str, found: impl Into<String>) {
        self.add(check, Verdict::Ok, found, None);
    }

    pub(super) fn warn(
        &mut self,
        check: &'static str,
        found: impl Into<String>,
        advice: impl Into<Cow<'static, str>>,
    ) {
        self.add(check, Verdict::Warning, found, Some(advice.into()));
    }

    pub(super) fn wrong(
        &mut self,
        check: &'static str,
        found: impl Into<String>,
        advice: impl Into<Cow<'static, str>>,
    ) {
        self.add(check, Verdict::Wrong, found, Some(advice.into()));
    }

    fn add(
        &mut self,
        check: &'static str,
        verdict: Verdict,
        found: impl Into<String>,
        advice: Option<Cow<'static, str>>,
    ) {
        // One line each: an error of a driver may have several.
        let found: String = found.into();
        let found = found.split_whitespace().collect::<Vec<_>>().join(" ");
        self.findings.push(Finding {
            check,
            verdict,
            found,
            advice,
        });
    }

    pub(super) const fn len(&self) -> usize {
        self.findings.len()
    }

    pub(super) fn count(&self, verdict: Verdict) -> usize {
        let such = |finding: &&Finding| finding.verdict == verdict;
        self.findings.iter().filter(such).count()
    }

    /// Prints one line for each check, and a summary.
    ///
    /// # Errors
    /// Standard output is closed.
    pub(super) fn print(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        for finding in &self.findings {
            let (verdict, check, found) = (finding.verdict.as_str(), finding.check, &finding.found);
            match &finding.advice {
                None => writeln!(out, "{verdict:<8} {check:<22} {found}")?,
                Some(advice) => writeln!(out, "{verdict:<8} {check:<22} {found}. {advice}")?,
            }
        }
        let [ok, warnings, wrong] =
            [Verdict::Ok, Verdict::Warning, Verdict::Wrong].map(|verdict| self.count(verdict));
        writeln!(out, "\n{ok} ok, {warnings} warnings, {wrong} wrong")
    }

    /// Prints the findings as JSON.
    ///
    /// # Errors
    /// Standard output is closed.
    pub(super) fn print_json(&self) -> Result<()> {
        write_json(self)
    }
}
