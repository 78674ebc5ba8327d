//! A new release under load: every process is replaced, one after the other, its successor first.

use super::run::Run;
use crate::harness::eventually;
use std::path::Path;

const PROCESSES: &[(&str, usize)] = &[("api", 3), ("worker", 4), ("scheduler", 2)];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_under_load_costs_no_answer_and_no_effect() {
    replace_all(Run::begin("rolling", 11, PROCESSES).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the program of another release: tests/faults/upgrade"]
async fn an_upgrade_under_load_costs_no_answer_and_no_effect() {
    let program = std::env::vars().find(|(name, _)| name == "RELEASE_BEFORE");
    let (_, program) = program.expect("tests/faults/upgrade sets it");
    let release = Some(Path::new(&program));
    replace_all(Run::begin_on(release, "upgrade", 11, PROCESSES).await).await;
}

/// Replaces every process by one of this release while people are at work.
async fn replace_all(mut run: Run) {
    for index in 0..run.crew.members.len() {
        let answered = run.answered();
        eventually("people are at work", async || run.answered() > answered + 5).await;
        let role = run.crew.members[index].role;
        let successor = run.rig.site.start(role);
        successor.says("started").await;
        let member = &mut run.crew.members[index];
        let mut before = std::mem::replace(&mut member.program, successor);
        run.crew.announce(index).await;
        run.diary
            .write(format!("{role} replaced ({})", before.id()));
        assert_eq!(before.terminate().await, Some(0), "{}", before.log());
    }
    let met = std::sync::Arc::clone(&run.met);
    let findings = run.finish().await.audit().await;
    assert!(findings.doubled.is_empty(), "{:?}", findings.doubled);
    let unavailable = &met.lock().unwrap().unavailable;
    assert!(unavailable.is_empty(), "missing, or 503: {unavailable:#?}");
}
