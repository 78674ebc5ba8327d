//! A new release under load: every process is replaced, one after the other, its successor first.

use super::run::Run;
use crate::harness::eventually;

const PROCESSES: &[(&str, usize)] = &[("api", 3), ("worker", 4), ("scheduler", 2)];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_under_load_costs_no_answer_and_no_effect() {
    let mut run = Run::begin("rolling", 11, PROCESSES).await;
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
    let met = met.lock().unwrap();
    assert_eq!(met.unavailable, 0, "answers were missing, or 503");
}
