//! Mails as they were written to files, parsed far enough to tell recipient and template.

use std::path::Path;

/// A mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The template, from the file's name.
    pub template: String,
    pub to: String,
    pub subject: String,
    pub message_id: String,
    pub references: String,
    pub whole: String,
}

impl Mail {
    /// All mails of a folder, by name, which is by the time of what they tell.
    pub fn read_all(folder: &Path) -> Vec<Self> {
        let Ok(entries) = std::fs::read_dir(folder) else {
            return Vec::new();
        };
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let mails = paths
            .iter()
            .filter(|path| path.extension().is_some_and(|extension| extension == "eml"));
        mails
            .map(|path| Self {
                template: template(path),
                ..Self::read(&std::fs::read_to_string(path).unwrap())
            })
            .collect()
    }

    /// A mail in the form of RFC 5322.
    pub fn read(whole: &str) -> Self {
        let head = whole
            .split("\r\n\r\n")
            .next()
            .unwrap()
            .replace("\r\n ", " ");
        let header = |name: &str| {
            let prefix = format!("{name}: ");
            let line = head.lines().find_map(|line| line.strip_prefix(&prefix));
            line.unwrap_or_default().to_owned()
        };
        Self {
            template: String::new(),
            to: header("To"),
            subject: header("Subject"),
            message_id: header("Message-ID"),
            references: header("References"),
            whole: whole.to_owned(),
        }
    }

    /// The part before the `@` of the address that it goes to.
    pub fn name(&self) -> &str {
        let address = self.to.rsplit(['<', ' ']).next().unwrap();
        address.split('@').next().unwrap()
    }

    /// The HTML part.
    pub fn html(&self) -> String {
        let mail = mail_parser::MessageParser::default().parse(self.whole.as_bytes());
        mail.unwrap().body_html(0).unwrap().into_owned()
    }

    /// The plain text part.
    pub fn text(&self) -> String {
        let mail = mail_parser::MessageParser::default().parse(self.whole.as_bytes());
        mail.unwrap().body_text(0).unwrap().into_owned()
    }
}

/// `<instant>-<template>-<id>.eml`
fn template(path: &Path) -> String {
    let name = path.file_name().unwrap().to_str().unwrap();
    name.split('-').nth(1).unwrap().to_owned()
}
