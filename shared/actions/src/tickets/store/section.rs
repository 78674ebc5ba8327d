//! The SQL of pages: places and numbers of entries in a thread or a history. No decisions.

use chrono::{DateTime, Utc};
use domain::{ids::TicketId, tickets::access::Viewer};
use sqlx::PgExecutor;
use uuid::Uuid;

/// The entries of a ticket that a viewer sees.
#[derive(Debug, Clone, Copy)]
pub struct Listing {
    /// The ticket.
    pub ticket: TicketId,
    /// The viewer: requesters see no internal notes and no internal events.
    pub viewer: Viewer,
}

/// A list of entries that a ticket has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Its messages.
    Thread,
    /// Its events.
    History,
}

/// The position of an entry in a thread or a history, by which a cursor goes on.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The instant of the entry.
    pub at: DateTime<Utc>,
    /// The order among entries of one instant, from 1.
    pub position: i64,
}

/// The part of a thread or a history that a query reads.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// The entry before the first one; `None` begins at the start.
    pub after: Option<Place>,
    /// How many entries are skipped after that.
    pub offset: i64,
    /// How many entries are read at most.
    pub limit: i64,
}

impl Listing {
    pub(super) fn is_staff(self) -> bool {
        self.viewer == Viewer::Staff
    }
}

impl List {
    /// The place of an entry; `None` when the list has no such entry.
    ///
    /// # Errors
    /// The database failed.
    pub async fn place(
        self,
        db: impl PgExecutor<'_>,
        of: Listing,
        entry: Uuid,
    ) -> sqlx::Result<Option<Place>> {
        let (ticket, is_staff) = (of.ticket.0, of.is_staff());
        match self {
            Self::Thread => {
                sqlx::query_as!(
                    Place,
                    "select created_at as at, position from messages
                     where id = $1 and ticket_id = $2 and (not is_internal or $3)",
                    entry,
                    ticket,
                    is_staff,
                )
                .fetch_optional(db)
                .await
            }
            Self::History => {
                sqlx::query_as!(
                    Place,
                    "select at, position from ticket_events where id = $1 and ticket_id = $2 and (is_public or $3)",
                    entry,
                    ticket,
                    is_staff,
                )
                .fetch_optional(db)
                .await
            }
        }
    }

    /// The number of entries.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count(self, db: impl PgExecutor<'_>, of: Listing) -> sqlx::Result<i64> {
        let (ticket, is_staff) = (of.ticket.0, of.is_staff());
        match self {
            Self::Thread => {
                sqlx::query_scalar!(
                    r#"select count(*) as "count!" from messages where ticket_id = $1 and (not is_internal or $2)"#,
                    ticket,
                    is_staff,
                )
                .fetch_one(db)
                .await
            }
            Self::History => {
                sqlx::query_scalar!(
                    r#"select count(*) as "count!" from ticket_events where ticket_id = $1 and (is_public or $2)"#,
                    ticket,
                    is_staff,
                )
                .fetch_one(db)
                .await
            }
        }
    }
}

impl Section {
    /// The place where it begins, as two parameters.
    pub(super) fn begin(self) -> (Option<DateTime<Utc>>, Option<i64>) {
        let place = self.after.map(|place| (place.at, place.position));
        place.unzip()
    }
}
