//! Webhooks: each that counts as delivered arrived as it stands in the log, no other did, and of each ticket and receiver
//! they came in the order of the feed.

use super::{Findings, by_id, doubles};
use crate::{chaos::Diary, harness::Letter, rig::Rig};
use serde_json::Value;
use std::collections::BTreeMap;

const DELIVERIES: &str = "
    select webhook_deliveries.id::text as id, split_part(url, '/hook/', 2) as receiver, body, status, position,
        webhook_deliveries.subject_id::text as subject
    from webhook_deliveries join webhooks on webhooks.id = webhook_id";

#[derive(sqlx::FromRow)]
struct Delivery {
    id: String,
    receiver: String,
    body: String,
    status: String,
    position: i64,
    subject: String,
}

/// Looks at all webhooks.
pub async fn arrived(rig: &Rig, diary: &Diary, letters: &[Letter], findings: &mut Findings) {
    let all: Vec<Delivery> = sqlx::query_as(DELIVERIES)
        .fetch_all(&rig.look)
        .await
        .unwrap();
    let all: BTreeMap<_, _> = all.iter().map(|one| (one.id.as_str(), one)).collect();
    findings.looked("webhooks", i64::try_from(letters.len()).unwrap());
    let times = by_id(letters);
    for (id, delivery) in &all {
        if delivery.status == "delivered" && !times.contains_key(id) {
            findings.wrong(format!(
                "webhook {id} counts as delivered and never arrived"
            ));
        }
    }
    let mut last: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for letter in letters {
        let Some(delivery) = all.get(letter.id.as_str()) else {
            findings.wrong(format!("webhook {} arrived and is unknown", letter.id));
            continue;
        };
        let body: Value = serde_json::from_str(&delivery.body).unwrap();
        if letter.body != body || letter.to != delivery.receiver {
            findings.wrong(format!("webhook {} arrived as another one", letter.id));
        }
        let place = (delivery.receiver.as_str(), delivery.subject.as_str());
        let before = last.insert(place, delivery.position);
        if before.is_some_and(|before| before > delivery.position) {
            findings.wrong(format!("webhook {} came after a later one", letter.id));
        }
    }
    doubles::look("webhooks", &times, diary, findings);
}
