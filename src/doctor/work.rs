//! Checks who is at work: whether every queue has a worker, whether there is a scheduler, and what waits
//! for an operator.

use super::report::Report;
use ::jobs::operate::{self, QueueState};
use platform::{context::Context, db, health};

/// Checks processes and queues.
pub(super) async fn check(report: &mut Report, cx: &Context) {
    if let Err(error) = processes(report, cx).await {
        report.wrong(
            "processes",
            db::in_words(&error),
            "PostgreSQL's log has more",
        );
    }
}

async fn processes(report: &mut Report, cx: &Context) -> sqlx::Result<()> {
    let staffing = health::staffing(cx).await?;
    let unserved: Vec<&str> = staffing
        .unserved
        .iter()
        .map(|queue| queue.as_str())
        .collect();
    if !unserved.is_empty() {
        report.warn(
            "processes.workers",
            format!("no running worker serves {}", unserved.join(", ")),
            "Start `support worker` with these in WORKER_QUEUES",
        );
    }
    if !staffing.scheduler {
        report.warn(
            "processes.scheduler",
            "no scheduler is running: no deadline is recorded",
            "Start `support scheduler`",
        );
    }
    if unserved.is_empty() && staffing.scheduler {
        report.ok(
            "processes",
            "every queue has a worker, and a scheduler is running",
        );
    }
    let mut connection = cx.pool.acquire().await?;
    queues(
        report,
        &operate::queues(&mut connection, cx.clock.now()).await?,
    );
    Ok(())
}

fn queues(report: &mut Report, queues: &[QueueState]) {
    let before = report.len();
    for queue in queues {
        let name = &queue.queue;
        if queue.dead > 0 {
            report.warn(
                "queues",
                format!("{} jobs of {name} are dead letters", queue.dead),
                "`support jobs list` shows why; then `support jobs retry` or `discard`",
            );
        }
        if queue.paused {
            report.warn(
                "queues",
                format!("{name} is paused"),
                format!("`support jobs resume {name}`"),
            );
        }
        if let Some(open) = &queue.circuit {
            report.warn(
                "queues",
                format!("the circuit of {name} is open: {}", open.because),
                "Its provider has to respond again: it is probed automatically",
            );
        }
    }
    if report.len() == before {
        report.ok("queues", "no dead letters, none paused, no open circuit");
    }
}
