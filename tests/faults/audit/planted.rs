//! Proof that the audit finds damage: after a run the evidence and the database are damaged in one way after the other, and
//! the audit has to report each.

use super::{Evidence, Findings, audit};
use crate::{
    followers::{Known, Role},
    rig::Rig,
};
use serde_json::{Value, json};

/// What is done to what arrived and was told, and a word of what the account has to say about it.
type Damage = fn(&mut Evidence);

#[rustfmt::skip] // a table
const FORGED: &[(&str, Damage)] = &[
    ("mails ", |evidence| again(&mut evidence.mails)),
    ("text messages ", |evidence| again(&mut evidence.letters.texts)),
    ("webhooks ", |evidence| again(&mut evidence.letters.calls)),
    ("was not recorded", |evidence| again(&mut evidence.letters.pushes)),
    ("sent and never arrived", |evidence| drop(evidence.mails.pop())),
    ("\"sent\" and arrived 0 times", |evidence| drop(evidence.letters.texts.pop())),
    ("a push message to", |evidence| drop(evidence.letters.pushes.pop())),
    ("delivered and never arrived", |evidence| drop(evidence.letters.calls.pop())),
    ("went to another number", |evidence| evidence.letters.texts[0].to.push('0')),
    ("arrived as another one", |evidence| evidence.letters.calls[0].body = "nothing".into()),
    ("came after a later one", |evidence| evidence.letters.calls.reverse()),
    ("which is nowhere", |evidence| admin(evidence).told[0].id.push('0')),
    ("was told of another version", |evidence| admin(evidence).told.iter_mut().for_each(|told| told.version = Some(0))),
    ("was never told of ticket", |evidence| admin(evidence).told.truncate(1)),
    ("out of order", |evidence| admin(evidence).told.reverse()),
    ("may never know it", |evidence| leak(evidence, Role::Customer, |known, all| known.told.clone_from(&all.told))),
    ("was told what is internal", |evidence| each(evidence, Role::Customer, |known| known.told.iter_mut().for_each(|told| told.has_entry = true))),
    ("did not catch up", |evidence| admin(evidence).resyncs = 1),
    ("lacks ticket", |evidence| admin(evidence).tickets.clear()),
    ("and the server shows", |evidence| spoil(evidence, "description")),
    ("has another version", |evidence| spoil(evidence, "version")),
    ("has another status", |evidence| spoil(evidence, "status")),
    ("has another priority", |evidence| spoil(evidence, "priority")),
    ("has another subject", |evidence| spoil(evidence, "subject")),
    ("has another assignee", |evidence| spoil(evidence, "assignedTo")),
    ("still has ticket", |evidence| leak(evidence, Role::Agent, |known, all| known.tickets.clone_from(&all.tickets))),
    ("is shown ticket", |evidence| leak(evidence, Role::Agent, |known, all| known.shown.clone_from(&all.shown))),
    ("lacks message", |evidence| admin(evidence).messages.clear()),
    ("has another text of message", |evidence| admin(evidence).messages.values_mut().for_each(|text| text.push('!'))),
    ("which nobody wrote", |evidence| drop(admin(evidence).messages.insert("nothing".into(), String::new()))),
    ("an internal note", |evidence| leak(evidence, Role::Customer, |known, all| known.messages.clone_from(&all.messages))),
    ("of another customer", |evidence| leak(evidence, Role::Customer, |known, all| known.messages.clone_from(&all.messages))),
    ("has the availabilities", |evidence| admin(evidence).availabilities.values_mut().for_each(|status| status.push('!'))),
    ("has the availabilities", |evidence| leak(evidence, Role::Customer, |known, all| known.availabilities.clone_from(&all.availabilities))),
    ("was told of the unassigned tickets", |evidence| each(evidence, Role::Agent, return_all_to_the_queue)),
    ("is shown the unassigned tickets", |evidence| each(evidence, Role::Agent, |known| known.unassigned.extend(["nothing".to_owned()]))),
];

/// The last of them once more: the faults are long over.
fn again<One: Clone>(all: &mut Vec<One>) {
    all.push(all.last().unwrap().clone());
}

fn admin(evidence: &mut Evidence) -> &mut Known {
    let mut known = evidence.known.iter_mut();
    known.find(|known| known.role == Role::Admin).unwrap()
}

/// Does it to each follower of a role.
fn each(evidence: &mut Evidence, role: Role, damage: impl Fn(&mut Known)) {
    let known = evidence.known.iter_mut();
    known.filter(|known| known.role == role).for_each(damage);
}

/// Does it to each follower of a role, with all that the admin knows.
fn leak(evidence: &mut Evidence, role: Role, damage: impl Fn(&mut Known, &Known)) {
    let all = admin(evidence).clone();
    each(evidence, role, |known| damage(known, &all));
}

/// The admin has that field of each ticket otherwise.
fn spoil(evidence: &mut Evidence, field: &str) {
    for ticket in admin(evidence).tickets.values_mut() {
        ticket[field] = json!("spoilt");
    }
}

fn return_all_to_the_queue(known: &mut Known) {
    for ticket in known.tickets.values_mut() {
        ticket["status"] = json!("open");
        ticket["assignedTo"] = Value::Null;
    }
}

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
    ("arrived and is unknown",
        "update sms_messages set id = gen_random_uuid() where id = (select max(id::text)::uuid from sms_messages where provider_id is not null)"),
    ("no device has it",
        "delete from push_deliveries where notification_id = (select min(notification_id::text)::uuid from push_deliveries)"),
    ("never arrived",
        "update push_deliveries set at = at - interval '1 hour' where notification_id = (select max(notification_id::text)::uuid from push_deliveries)"),
    ("a digest is neither",
        "update digests set status = 'gathering' where id = (select max(id::text)::uuid from digests)"),
    ("its own or that of its digest",
        "delete from digest_entries where notification_id = (select max(notification_id::text)::uuid from digest_entries)"),
    // One with a job of its own: that of the entry above has not arrived either.
    ("never arrived",
        "update notifications set id = gen_random_uuid() where id = (select max(id::text)::uuid from notifications
             where channel = 'email' and status = 'sent'
                 and exists (select from jobs where payload->>'notification' = notifications.id::text))"),
    ("a webhook is not delivered",
        "update webhook_deliveries set status = 'exhausted' where id = (select max(id::text)::uuid from webhook_deliveries)"),
    ("a receiver of everything",
        "delete from webhook_deliveries where id = (select webhook_deliveries.id from webhook_deliveries
             join webhooks on webhooks.id = webhook_id where url like '%/all-%' order by position limit 1)"),
    ("the receiver of availabilities",
        "delete from webhook_deliveries where id = (select webhook_deliveries.id from webhook_deliveries
             join webhooks on webhooks.id = webhook_id where url like '%/availability' order by position desc limit 1)"),
    ("not exactly once in the feed",
        "delete from feed where position = (select max(position) from feed where kind = 'ticket')"),
    ("a job is dead",
        "update jobs set state = 'dead' where id = (select max(id) from jobs)"),
    ("was not planned",
        "delete from jobs where id = (select max(id) from jobs where payload->>'job' = 'plan_notifications')"),
    ("the levels of a ticket",
        "update tickets set escalation_level = escalation_level + 1 where id = (select max(id::text)::uuid from tickets)"),
];

/// Spoils one thing after the other, and looks each time whether the account says so.
pub async fn everything_is_noticed(rig: &Rig, evidence: &Evidence) {
    for (word, damage) in FORGED.iter().copied() {
        let mut forged = evidence.clone();
        damage(&mut forged);
        let found = audit(rig, &forged).await;
        assert!(said(&found, word) > 0, "{word} was not noticed");
    }
    let mut before = audit(rig, evidence).await;
    for (word, sql) in SPOILT.iter().copied() {
        let spoilt = sqlx::query(sql).execute(&rig.look).await.unwrap();
        assert!(spoilt.rows_affected() > 0, "nothing was spoilt by {sql}");
        let after = audit(rig, evidence).await;
        assert!(
            said(&after, word) > said(&before, word),
            "{sql} was not noticed: {:#?}",
            after.wrong
        );
        before = after;
    }
}

/// How often the account has that word.
fn said(findings: &Findings, word: &str) -> usize {
    let wrong = findings.wrong.iter();
    wrong.filter(|wrong| wrong.contains(word)).count()
}
