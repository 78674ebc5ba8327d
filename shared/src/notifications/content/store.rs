//! The SQL behind the content of a notification.

use crate::{
    ids::NotificationId,
    notifications::content::{Content, Recipient, TicketFacts},
    tickets::{Happened, access::Mention},
};
use sqlx::{PgPool, types::Json};

/// Loads a notification with everything that it may tell; `None` when there is no such one. What
/// customers are told holds no internal note: the text of a note comes with a `note_added` alone.
///
/// # Errors
/// The database failed.
#[expect(
    clippy::too_many_lines,
    reason = "one query, and each of its columns by name"
)]
pub async fn load(pool: &PgPool, id: NotificationId) -> Result<Option<Content>, sqlx::Error> {
    let row = sqlx::query!(
        r#"select n.id, n.template, n.status,
            e.at, e.what as "what: Json<Happened>", actor.first_name as "actor?",
            p.id as person_id, p.first_name, p.last_name, p.email, p.role, p.language, p.timezone, p.active,
            t.id as ticket_id, t.number, t.subject, t.customer_id, t.assigned_to,
            t.resolution->>'summary' as summary, t.reopened_count,
            customer.first_name as customer, agent.first_name as "agent?",
            m.body as "text?", coalesce(jsonb_array_length(m.attachments), 0) as "files!",
            m.redacted_at is not null as "is_redacted!",
            exists (select from note_mentions mine where mine.user_id = n.user_id and mine.ticket_id = t.id) as "is_mentioned!",
            (select count(*) from ticket_events later
                where later.ticket_id = t.id and later.at > e.at and later.what->>'type' = 'reopened'
            ) as "reopened_since!"
        from notifications n
        join users p on p.id = n.user_id
        join ticket_events e on e.id = n.event_id
        join tickets t on t.id = e.ticket_id
        join users customer on customer.id = t.customer_id
        left join users actor on actor.id = e.actor_id
        left join users agent on agent.id = t.assigned_to
        left join messages m on m.id = (e.what->>'message')::uuid and m.ticket_id = t.id
            and m.is_internal = (e.what->>'type' = 'note_added')
        where n.id = $1"#,
        id.0,
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| Content {
        id: row.id,
        template: row.template,
        status: row.status,
        person: Recipient {
            id: row.person_id,
            first_name: row.first_name,
            last_name: row.last_name,
            email: row.email,
            role: row.role,
            language: row.language,
            // A zone that this release does not know is no reason to keep quiet.
            timezone: row.timezone.parse().unwrap_or(chrono_tz::UTC),
            active: row.active,
        },
        at: row.at,
        what: row.what.0,
        actor: row.actor,
        ticket: TicketFacts {
            id: row.ticket_id,
            number: row.number,
            subject: row.subject,
            customer_id: row.customer_id,
            customer: row.customer,
            assigned_to: row.assigned_to,
            agent: row.agent,
            summary: row.summary,
            cycle: row
                .reopened_count
                .saturating_sub(i32::try_from(row.reopened_since).unwrap_or(i32::MAX)),
        },
        text: row.text,
        files: row.files.into(),
        is_redacted: row.is_redacted,
        mention: if row.is_mentioned {
            Mention::Mentioned
        } else {
            Mention::NotMentioned
        },
    }))
}
