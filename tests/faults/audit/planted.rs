//! Proof that the audit finds damage: after a run the database is damaged in one way after the other, and the
//! audit has to report each.

use crate::{audit::Findings, rig::Rig};

/// What is spoilt, and a word of what the account has to say about it.
#[rustfmt::skip] // a table
const SPOILT: &[(&str, &str)] = &[
    ("of the statistics",
        "update tickets set priority = case priority when 'low' then 'high' else 'low' end
             where id = (select max(id::text)::uuid from tickets)"),
    ("Message",
        "update messages set body = body || '!' where position = (select min(position) from messages)"),
    ("its history says",
        "update tickets set assigned_to = null where id = (select max(id::text)::uuid from tickets where assigned_to is not null)"),
    ("its history says",
        "update tickets set status = 'waiting_internal' where id = (select min(id::text)::uuid from tickets)"),
    ("automation gave it",
        "update agents set max_concurrent_tickets = 0"),
    ("a deadline is on its clock",
        "update ticket_events set at = at - interval '1 second' where position =
             (select min(position) from ticket_events where what->>'type' = 'sla_breached')"),
    ("a deadline is in the history",
        "update sla_clocks set warned_at = null"),
    ("neither sent nor dropped",
        "update notifications set status = 'pending' where id = (select max(id::text)::uuid from notifications)"),
    ("never arrived",
        "update notifications set id = gen_random_uuid() where id = (select max(id::text)::uuid from notifications where status = 'sent')"),
    ("a job is dead",
        "update jobs set state = 'dead' where id = (select max(id) from jobs)"),
    ("was not planned",
        "delete from jobs where id = (select max(id) from jobs where payload->>'job' = 'plan_notifications')"),
    ("the levels of a ticket",
        "update tickets set escalation_level = escalation_level + 1 where id = (select max(id::text)::uuid from tickets)"),
];

/// Spoils one thing after the other, and looks each time whether `look` says so.
pub async fn everything_is_noticed(rig: &Rig, look: impl AsyncFn() -> Findings) {
    for (word, sql) in SPOILT.iter().copied() {
        let said = |findings: &Findings| {
            findings
                .wrong
                .iter()
                .filter(|wrong| wrong.contains(word))
                .count()
        };
        let before = said(&look().await);
        let spoilt = sqlx::query(sql).execute(&rig.look).await.unwrap();
        assert!(spoilt.rows_affected() > 0, "nothing was spoilt by {sql}");
        let after = look().await;
        assert!(
            said(&after) > before,
            "{sql} was not noticed: {:#?}",
            after.wrong
        );
    }
}
