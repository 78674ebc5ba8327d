//! Each mail that counts as sent arrived, and no other. A mail may arrive twice only around the kill or the freeze of a
//! worker.

use super::{Findings, doubles};
use crate::{
    chaos::Diary,
    mailbox::{Arrival, by_id},
    rig::Rig,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

/// What is told by mail, and the digest that may tell it: a Message-ID is that of either.
const SENT: &str = "select id::text, digest_id::text from notifications
    left join digest_entries on notification_id = id where status = 'sent' and channel = 'email'";
const KNOWN: &str = "select id::text from notifications where channel = 'email'
    union all select id::text from digests where channel = 'email'";

/// Looks at all mails.
pub async fn arrived(rig: &Rig, diary: &Diary, arrivals: &[Arrival], findings: &mut Findings) {
    let sent: Vec<(String, Option<String>)> =
        sqlx::query_as(SENT).fetch_all(&rig.look).await.unwrap();
    let known: Vec<String> = sqlx::query_scalar(KNOWN)
        .fetch_all(&rig.look)
        .await
        .unwrap();
    let known: BTreeSet<_> = known.iter().map(String::as_str).collect();
    findings.looked("mails", i64::try_from(arrivals.len()).unwrap());
    let by_id: BTreeMap<&str, Vec<Instant>> = by_id(arrivals)
        .into_iter()
        .map(|(id, times)| {
            let id = id.trim_start_matches('<').split('@').next();
            (id.unwrap(), times)
        })
        .collect();
    for (notification, digest) in sent {
        let told = [Some(notification.clone()), digest];
        if !told.iter().flatten().any(|id| by_id.contains_key(&**id)) {
            findings.wrong(format!(
                "notification {notification} counts as sent and never arrived"
            ));
        }
    }
    for id in by_id.keys().filter(|id| !known.contains(**id)) {
        findings.wrong(format!("mail {id} arrived and is unknown"));
    }
    doubles::look("mails", &by_id, diary, findings);
}
