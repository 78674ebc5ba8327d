//! The SQL of reading the feed. No decisions.

use crate::feed::READ;
use crate::tickets::store::EventRow;
use chrono::{DateTime, Utc};
use domain::{
    feed::{FeedChange, FeedEntry, FeedKind, FeedPosition},
    ids::{EventId, NotificationId, TicketId, UserId},
    json::Json,
    people::Role,
    tickets::{TicketEvent, TicketEventKind},
};
use sqlx::PgExecutor;
use uuid::Uuid;

/// A row of the feed, with the entry of the ticket's history that it names.
struct FeedRow {
    position: i64,
    kind: FeedKind,
    event_id: Uuid,
    subject_id: Uuid,
    version: Option<i64>,
    at: DateTime<Utc>,
    event_at: Option<DateTime<Utc>>,
    actor_id: Option<UserId>,
    actor_role: Option<Role>,
    what: Option<Json<TicketEventKind>>,
}

impl FeedRow {
    /// The entry; `None` for the beginning of the feed.
    fn entry(self) -> Option<FeedEntry> {
        let person = UserId(self.subject_id);
        let change = match self.kind {
            FeedKind::Start => return None,
            FeedKind::Ticket => FeedChange::Ticket {
                event: TicketEvent::from(EventRow {
                    id: EventId(self.event_id),
                    ticket_id: TicketId(self.subject_id),
                    at: self.event_at?,
                    actor_id: self.actor_id,
                    actor_role: self.actor_role,
                    what: self.what?,
                }),
                version: self.version?,
            },
            FeedKind::Availability => FeedChange::Availability { agent: person },
            FeedKind::Notification if self.version == READ => {
                FeedChange::NotificationsRead { person }
            }
            FeedKind::Notification => FeedChange::Notification {
                person,
                notification: NotificationId(self.event_id),
            },
        };
        Some(FeedEntry {
            position: FeedPosition(self.position),
            id: EventId(self.event_id),
            at: self.at,
            change,
        })
    }
}

/// At most `limit` changes after a position, in order.
///
/// # Errors
/// The database failed.
pub(super) async fn after(
    db: impl PgExecutor<'_>,
    position: FeedPosition,
    limit: i64,
) -> sqlx::Result<Vec<FeedEntry>> {
    let rows = sqlx::query_as!(
        FeedRow,
        r#"select f.position, f.kind as "kind: FeedKind", f.event_id, f.subject_id, f.version, f.at,
                  e.at as "event_at?", e.actor_id as "actor_id?: UserId", e.actor_role as "actor_role?: Role",
                  e.what as "what?: Json<TicketEventKind>"
           from feed f left join ticket_events e on f.kind = 'ticket' and e.id = f.event_id
           where f.position > $1 order by f.position limit $2"#,
        position.0,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().filter_map(FeedRow::entry).collect())
}

/// Customer and assignee of a ticket.
pub(super) struct ConcernedRow {
    pub ticket: TicketId,
    pub customer: UserId,
    pub assigned_to: Option<UserId>,
}

/// Customer and assignee of these tickets.
///
/// # Errors
/// The database failed.
pub(super) async fn concerned(
    db: impl PgExecutor<'_>,
    tickets: &[Uuid],
) -> sqlx::Result<Vec<ConcernedRow>> {
    sqlx::query_as!(
        ConcernedRow,
        r#"select id as "ticket: TicketId", customer_id as "customer: UserId", assigned_to as "assigned_to: UserId"
           from tickets where id = any($1)"#,
        tickets,
    )
    .fetch_all(db)
    .await
}
