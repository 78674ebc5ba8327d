//! Each mail that counts as sent arrived. A mail may arrive twice only around the kill or the freeze of a
//! worker: then nobody can know whether it had left.

use super::Findings;
use crate::{
    chaos::Diary,
    mailbox::{Arrival, by_id},
    rig::Rig,
};
use std::time::{Duration, Instant};

/// What passes between a mail's arrival and our look at the mailbox.
const LOOKED_LATE: Duration = Duration::from_millis(500);

/// Looks at all mails.
pub async fn arrived(rig: &Rig, diary: &Diary, arrivals: &[Arrival], findings: &mut Findings) {
    let sql = "select id::text from notifications where status = 'sent' and channel = 'email'";
    let sent: Vec<String> = sqlx::query_scalar(sql).fetch_all(&rig.look).await.unwrap();
    let by_id = by_id(arrivals);
    findings.looked("mails", i64::try_from(arrivals.len()).unwrap());
    let arrived: std::collections::BTreeSet<&str> = by_id
        .keys()
        .filter_map(|id| id.trim_start_matches('<').split('@').next())
        .collect();
    for notification in sent {
        // A Message-ID is that of its notification.
        if !arrived.contains(notification.as_str()) {
            findings.wrong(format!(
                "notification {notification} counts as sent and never arrived"
            ));
        }
    }
    for (id, times) in by_id {
        for pair in times.windows(2) {
            findings.doubled += 1;
            if !worker_was_hit(diary, pair[0], pair[1]) {
                let after = pair[1] - pair[0];
                findings.wrong(format!(
                    "{id} came again after {after:?}, and no worker had been hit"
                ));
            }
        }
    }
}

fn worker_was_hit(diary: &Diary, first: Instant, second: Instant) -> bool {
    let hits = diary.entries();
    hits.iter().any(|hit| {
        hit.what.starts_with("worker ") && hit.at + LOOKED_LATE >= first && hit.at <= second
    })
}
