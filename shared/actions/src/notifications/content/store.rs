//! The SQL behind the content of a notification.

use chrono::{DateTime, Utc};
use domain::{
    attachments::Attachment,
    channel::Channel,
    ids::{NotificationId, TicketId, UserId},
    notifications::{
        NotificationStatus, Template,
        content::{ClockFacts, Content, Deadline, Recipient, Since, TicketFacts},
    },
    people::{Department, PhoneNumber, Role, Shift},
    sla::Metric,
    tickets::{Priority, Status, TicketEventKind, TicketNumber, access::Mention},
};
use sqlx::{PgPool, types::Json};

/// A notification with its recipient, event, ticket, later events and clock.
#[expect(clippy::struct_excessive_bools, reason = "the columns of a row")]
struct Row {
    id: NotificationId,
    template: Template,
    channel: Channel,
    status: NotificationStatus,
    at: DateTime<Utc>,
    what: Json<TicketEventKind>,
    actor: Option<String>,
    person_id: UserId,
    first_name: String,
    last_name: String,
    email: String,
    phone_number: String,
    confirmed: bool,
    role: Role,
    language: String,
    timezone: String,
    active: bool,
    ticket_id: TicketId,
    number: TicketNumber,
    subject: String,
    ticket_status: Status,
    priority: Priority,
    department: Department,
    customer_id: UserId,
    customer: String,
    assigned_to: Option<UserId>,
    agent: Option<String>,
    summary: Option<String>,
    reopened_count: i32,
    text: Option<String>,
    attachments: Option<Json<Vec<Attachment>>>,
    is_redacted: bool,
    is_mentioned: bool,
    reopened_since: i64,
    assigned_since: bool,
    asked_since: bool,
    answered_since: bool,
    warn_at: Option<DateTime<Utc>>,
    due_at: Option<DateTime<Utc>>,
    paused_at: Option<DateTime<Utc>>,
    stopped_at: Option<DateTime<Utc>>,
    breached_at: Option<DateTime<Utc>>,
    next_metric: Option<Metric>,
    next_due_at: Option<DateTime<Utc>>,
    is_wanted: bool,
    is_read: bool,
    quiet_hours: Option<Json<Vec<Shift>>>,
}

/// Loads the content of a notification; `None` if there is no such notification. Mails to customers contain no
/// internal note: the text of a note is loaded only for a `note_added` event.
///
/// # Errors
/// A failure of the database.
pub async fn load(pool: &PgPool, id: NotificationId) -> Result<Option<Content>, sqlx::Error> {
    Ok(load_all(pool, &[id]).await?.pop())
}

/// Loads the contents of notifications, in the order of their creation.
///
/// # Errors
/// A failure of the database.
pub async fn load_all(pool: &PgPool, ids: &[NotificationId]) -> Result<Vec<Content>, sqlx::Error> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"select n.id, n.template, n.channel, n.status,
            e.at, e.what as "what: Json<TicketEventKind>", actor.first_name as "actor?",
            p.id as person_id, p.first_name, p.last_name, p.email, p.phone_number, p.role, p.language, p.timezone, p.active,
            p.email_confirmed_at is not null as "confirmed!",
            t.id as ticket_id, t.number, t.subject, t.status as ticket_status, t.priority,
            t.department, t.customer_id, t.assigned_to,
            t.resolution->>'summary' as summary, t.reopened_count,
            customer.first_name as customer, agent.first_name as "agent?",
            m.body as "text?", m.attachments as "attachments?: Json<Vec<Attachment>>",
            m.redacted_at is not null as "is_redacted!",
            exists (select from note_mentions mine where mine.user_id = n.user_id and mine.ticket_id = t.id) as "is_mentioned!",
            since.reopened as "reopened_since!", since.assigned as "assigned_since!",
            since.asked as "asked_since!", since.answered as "answered_since!",
            c.warn_at as "warn_at?", c.due_at as "due_at?", c.paused_at, c.stopped_at, c.breached_at,
            next.metric as "next_metric?: Metric", next.due_at as "next_due_at?",
            coalesce(chosen.enabled, true) as "is_wanted!", shown.read_at is not null as "is_read!",
            quiet.periods as "quiet_hours?: Json<Vec<Shift>>"
        from notifications n
        join users p on p.id = n.user_id
        join ticket_events e on e.id = n.event_id
        join tickets t on t.id = e.ticket_id
        join users customer on customer.id = t.customer_id
        left join users actor on actor.id = e.actor_id
        left join users agent on agent.id = t.assigned_to
        left join notification_preferences chosen
            on chosen.user_id = n.user_id and chosen.template = n.template and chosen.channel = n.channel
        left join quiet_hours quiet on quiet.user_id = n.user_id
        left join in_app_notifications shown on shown.event_id = n.event_id and shown.user_id = n.user_id
        left join messages m on m.id = (e.what->>'message')::uuid and m.ticket_id = t.id
            and m.is_internal = (e.what->>'type' = 'note_added')
        left join sla_clocks c on c.ticket_id = t.id and c.metric = e.what->>'metric'
            and c.cycle = (e.what->>'cycle')::integer
        left join lateral (
            select running.metric, running.due_at from sla_clocks running
            where running.ticket_id = t.id and running.stopped_at is null and running.paused_at is null
            order by running.due_at, running.metric limit 1
        ) next on true
        cross join lateral (
            select count(*) filter (where later.what->>'type' = 'reopened') as reopened,
                count(*) filter (where later.what->>'type' = 'assigned') > 0 as assigned,
                count(*) filter (where later.what->>'type' = 'status_changed'
                    and later.what->>'to' = 'waiting_customer') > 0 as asked,
                count(*) filter (where later.what->>'type' = 'message_added'
                    and later.actor_id is distinct from t.customer_id) > 0 as answered
            from ticket_events later where later.ticket_id = t.id and later.position > e.position
        ) since
        where n.id = any($1)
        order by n.id"#,
        &ids,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(Content::from).collect())
}

impl From<Row> for Content {
    fn from(row: Row) -> Self {
        let reopened = i32::try_from(row.reopened_since).unwrap_or(i32::MAX);
        let clock = clock(&row);
        let next = row.next_metric.zip(row.next_due_at);
        Self {
            id: row.id,
            template: row.template,
            channel: row.channel,
            status: row.status,
            person: Recipient {
                id: row.person_id,
                first_name: row.first_name,
                last_name: row.last_name,
                email: row.email,
                phone_number: PhoneNumber::parse(&row.phone_number),
                confirmed: row.confirmed,
                role: row.role,
                language: row.language,
                // The notification is delivered even if this release does not know the time zone.
                timezone: row.timezone.parse().unwrap_or(chrono_tz::UTC),
                active: row.active,
            },
            at: row.at,
            kind: row.what.0,
            actor: row.actor,
            ticket: TicketFacts {
                id: row.ticket_id,
                number: row.number,
                subject: row.subject,
                status: row.ticket_status,
                priority: row.priority,
                department: row.department,
                customer_id: row.customer_id,
                customer: row.customer,
                assigned_to: row.assigned_to,
                agent: row.agent,
                summary: row.summary,
                cycle: row.reopened_count.saturating_sub(reopened),
            },
            since: Since {
                reopened,
                assigned: row.assigned_since,
                asked: row.asked_since,
                answered: row.answered_since,
            },
            clock,
            next_deadline: next.map(|(metric, at)| Deadline { metric, at }),
            text: row.text,
            files: names(row.attachments),
            is_redacted: row.is_redacted,
            mention: if row.is_mentioned {
                Mention::Mentioned
            } else {
                Mention::NotMentioned
            },
            is_wanted: row.is_wanted,
            is_read: row.is_read,
            quiet_hours: row
                .quiet_hours
                .map(|Json(periods)| periods)
                .unwrap_or_default(),
        }
    }
}

/// The clock of the event.
fn clock(row: &Row) -> Option<ClockFacts> {
    let (warn_at, due_at) = row.warn_at.zip(row.due_at)?;
    Some(ClockFacts {
        warn_at,
        due_at,
        running: row.stopped_at.is_none() && row.paused_at.is_none(),
        stopped: row.stopped_at.is_some(),
        breached: row.breached_at.is_some(),
    })
}

/// The names of the files of a message.
fn names(attachments: Option<Json<Vec<Attachment>>>) -> Vec<String> {
    let attachments = attachments.map_or_else(Vec::new, |Json(attachments)| attachments);
    attachments.into_iter().map(|file| file.file_name).collect()
}
