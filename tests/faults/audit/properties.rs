//! Laws of the database at rest. Each is a query that counts the violations.

use super::Findings;
use crate::rig::Rig;

/// What is looked at, and how many there are.
const LOOKED_AT: &[(&str, &str)] = &[
    ("jobs", "select count(*) from jobs"),
    ("tickets", "select count(*) from tickets"),
    ("events", "select count(*) from ticket_events"),
    ("notifications", "select count(*) from notifications"),
    ("digests", "select count(*) from digests"),
    (
        "deadlines on record",
        "select count(*) from ticket_events where what->>'type' in ('sla_at_risk', 'sla_breached')",
    ),
    (
        "automatic assignments",
        "select count(*) from ticket_events where what->>'type' = 'assigned' and actor_id is null",
    ),
];

#[rustfmt::skip] // a table
const LAWS: &[(&str, &str)] = &[
    ("a job is not over",
        "select count(*) from jobs where state in ('ready', 'sent', 'running')"),
    ("a job is dead",
        "select count(*) from jobs where state in ('dead', 'cancelled')"),
    ("a ticket was not created exactly once",
        "select count(*) from tickets where 1 <> (select count(*) from ticket_events
             where ticket_id = tickets.id and what->>'type' = 'created')"),
    ("two tickets have one number",
        "select count(*) - count(distinct number) from tickets"),
    ("a message and its event do not match",
        "select count(*) from messages where 1 <> (select count(*) from ticket_events
             where ticket_events.ticket_id = messages.ticket_id and what->>'message' = messages.id::text
             and what->>'type' = case when is_internal then 'note_added' else 'message_added' end)"),
    ("an event that people hear of was not planned exactly once",
        "select count(*) from ticket_events left join
             (select payload->>'event' as event, count(*) as times from jobs
              where payload->>'job' = 'plan_notifications' group by 1) as planned on planned.event = ticket_events.id::text
         where (what->>'type' in ('created', 'assigned', 'escalated', 'resolved', 'reopened', 'message_added',
                                  'note_added', 'closed', 'sla_at_risk', 'sla_breached', 'reminded')
                or (what->>'type' = 'status_changed' and what->>'to' = 'waiting_customer'))
             and times is distinct from 1"),
    ("a creation was not confirmed to its customer by exactly one mail",
        "select count(*) from ticket_events join tickets on tickets.id = ticket_id
         where what->>'type' = 'created' and 1 <> (select count(*) from notifications
             where event_id = ticket_events.id and user_id = customer_id and channel = 'email')"),
    ("an event has two notifications for one person and channel",
        "select count(*) from (select from notifications where event_id is not null
             group by event_id, user_id, channel having count(*) > 1) as doubled"),
    ("a notification is neither sent nor dropped",
        "select count(*) from notifications where status not in ('sent', 'dropped')
             and not (status = 'unknown' and channel = 'sms')"),
    ("a digest is neither sent nor dropped",
        "select count(*) from digests where status not in ('sent', 'dropped') and not (status = 'unknown' and channel = 'sms')"),
    ("a notification has not exactly one delivery, its own or that of its digest",
        "select count(*) from notifications left join digest_entries on notification_id = id left join
             (select coalesce(payload->>'notification', payload->>'digest') as parcel, count(*) as times from jobs group by 1)
             as deliveries on deliveries.parcel in (notifications.id::text, digest_id::text)
         where times is distinct from 1"),
    ("a text message was told and has no record",
        "select count(*) from notifications left join digest_entries on notification_id = id
         where channel = 'sms' and status in ('sent', 'unknown')
             and not exists (select from sms_messages where sms_messages.id in (notifications.id, digest_id))"),
    ("two text messages have one receipt",
        "select count(provider_id) - count(distinct provider_id) from sms_messages"),
    ("a push message was told and no device has it",
        "select count(*) from notifications where channel = 'push' and status = 'sent'
             and not exists (select from push_deliveries where notification_id = notifications.id and outcome = 'sent')"),
    ("a device has no push message of a notification that was told",
        "select count(*) from notifications join push_subscriptions on push_subscriptions.user_id = notifications.user_id
         where channel = 'push' and status = 'sent' and not exists (select from push_deliveries
             where notification_id = notifications.id and subscription_id = push_subscriptions.id and outcome = 'sent')"),
    ("a webhook is not delivered",
        "select count(*) from webhook_deliveries where status <> 'delivered'"),
    // After the last one of its time, it is told of nothing more.
    ("a receiver of everything has not exactly one webhook of an event of its time",
        "select count(*) from feed cross join webhooks where kind in ('ticket', 'availability') and url like '%/all-%'
             and position > after_position and position <= (select max(position) from webhook_deliveries
                 where webhook_id = webhooks.id)
             and 1 <> (select count(*) from webhook_deliveries
                 where webhook_id = webhooks.id and webhook_deliveries.event_id = feed.event_id)"),
    ("the receiver of availabilities has not exactly one webhook of each",
        "select count(*) from feed cross join webhooks where kind = 'availability' and url like '%/availability'
             and position > after_position and 1 <> (select count(*) from webhook_deliveries
                 where webhook_id = webhooks.id and webhook_deliveries.event_id = feed.event_id)"),
    ("a change of a ticket is not exactly once in the feed",
        "select count(*) from ticket_events where 1 <> (select count(*) from feed where event_id = ticket_events.id)"),
    ("a deadline is on its clock and not exactly once in the history",
        "select count(*) from sla_clocks cross join lateral (values
             ('sla_breached', breached_at), ('sla_at_risk', warned_at)) as recorded (type, at)
         where recorded.at is not null and 1 <> (select count(*) from ticket_events
             where ticket_events.ticket_id = sla_clocks.ticket_id and what->>'type' = recorded.type
             and what->>'metric' = metric and (what->>'cycle')::integer = sla_clocks.cycle
             and ticket_events.at = recorded.at)"),
    ("a deadline is in the history and not on its clock",
        "select count(*) from ticket_events where what->>'type' in ('sla_breached', 'sla_at_risk')
             and not exists (select from sla_clocks where sla_clocks.ticket_id = ticket_events.ticket_id
                 and metric = what->>'metric' and sla_clocks.cycle = (what->>'cycle')::integer
                 and case what->>'type' when 'sla_breached' then breached_at else warned_at end is not null)"),
    // A pause and a new priority move what is due from then on, and rewrite nothing.
    ("a breach is not stamped with the instant at which it was due",
        "select count(*) from sla_clocks where breached_at <> due_at and stopped_at is null
             and paused_at is null and paused_micros = 0 and not exists (select from ticket_events
                 where ticket_events.ticket_id = sla_clocks.ticket_id and what->>'type' = 'priority_changed')"),
    ("a deadline has passed and is not on record",
        "select count(*) from sla_clocks where next_at <
             (select max(fired_at) from ticks where schedule = 'sweep_sla') - interval '2 seconds'"),
    ("the levels of a ticket's escalations are not 1, 2, 3 and so on",
        "select count(*) from tickets left join lateral (
             select count(*) as many, count(distinct what->>'level') as different, max((what->>'level')::integer) as highest
             from ticket_events where ticket_id = tickets.id and what->>'type' = 'escalated') as escalations on true
         where many <> escalation_level or different <> many or (many > 0 and highest <> many)"),
    ("a tick fired twice",
        "select count(*) from (select from ticks group by schedule, due_at having count(*) > 1) as doubled"),
    ("an answer under a key is of no success",
        "select count(*) from idempotency_keys where status not in (200, 201)"),
];

/// Looks whether they hold.
pub async fn hold(rig: &Rig, findings: &mut Findings) {
    for (what, sql) in LOOKED_AT.iter().copied() {
        findings.looked(what, rig.count(sql).await);
    }
    for (what, sql) in LAWS.iter().copied() {
        let broken = rig.count(sql).await;
        if broken != 0 {
            findings.wrong(format!("{what} ({broken} times)"));
        }
    }
}
