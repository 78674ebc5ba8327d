//! Push messages: what counts as sent to a device arrived there. A push message has no id that the push service sees, but a
//! topic: the ticket, or for a digest the person. So the records of a device and topic are matched with the arrivals, each
//! with the last one before it; what is left over arrived and was not recorded, which only the kill or the freeze of a
//! worker explains.

use super::{Findings, doubles::worker_was_hit};
use crate::{chaos::Diary, harness::Letter, rig::Rig};
use chrono::{DateTime, Utc};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// How long a worker may be recording what it was answered: its lease and the grace, of 5 s each.
const RECORDED_WITHIN: Duration = Duration::from_secs(10);

/// Device, topic and instant of each record. The last notification of a digest that is left alone is told as any other.
const SENT: &str = "
    with told as (
        select subscription_id, digest_id, min(push_deliveries.at) as at, count(*) as entries,
            min(ticket_id::text)::uuid as ticket, min(notifications.user_id::text)::uuid as person
        from push_deliveries join notifications on notifications.id = push_deliveries.notification_id
        join ticket_events on ticket_events.id = event_id
        left join digest_entries on digest_entries.notification_id = notifications.id
        where outcome = 'sent' group by subscription_id, digest_id, coalesce(digest_id, notifications.id))
    select split_part(address, '/push/', 2), encode(substring(sha256(case when entries > 1 and digest_id is not null
        then 'digest'::bytea || uuid_send(person) else 'ticket'::bytea || uuid_send(ticket) end) for 16), 'hex'), at
    from told join push_subscriptions on push_subscriptions.id = subscription_id order by at";

/// Looks at all push messages.
pub async fn arrived(rig: &Rig, diary: &Diary, letters: &[Letter], findings: &mut Findings) {
    let sent: Vec<(String, String, DateTime<Utc>)> =
        sqlx::query_as(SENT).fetch_all(&rig.look).await.unwrap();
    findings.looked("push messages", i64::try_from(letters.len()).unwrap());
    let mut left: BTreeMap<(&str, &str), Vec<&Letter>> = BTreeMap::new();
    for letter in letters {
        let place = (letter.to.as_str(), letter.id.as_str());
        left.entry(place).or_default().push(letter);
    }
    for (device, topic, at) in &sent {
        let arrived = left.entry((device, topic)).or_default();
        match arrived.iter().rposition(|letter| letter.when <= *at) {
            Some(index) => drop(arrived.remove(index)),
            None => findings.wrong(format!(
                "a push message to {device}, recorded at {at}, never arrived"
            )),
        }
    }
    for letter in left.into_values().flatten() {
        findings.doubled("push messages");
        let until: Instant = letter.at + RECORDED_WITHIN;
        if !worker_was_hit(diary, letter.at, until) {
            findings.wrong(format!(
                "a push message to {} was not recorded at {}, and no worker had been hit",
                letter.to, letter.when
            ));
        }
    }
}
