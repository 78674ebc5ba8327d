//! What happens, as it happens: events of the feed for polls, streams and sockets.
//!
//! PostgreSQL is the only source of events. A reader per process ([`reader`]) follows the feed and passes each event to the
//! connected people who may see it, which is asked at that moment ([`fan_out`]). A [`Subscription`] first catches up
//! from the database, then takes what the reader passes on; when it was too slow for that, it catches up again. So
//! no event is lost between a process, a network and a client: at worst it comes twice, under the same id.
//!
//! Beside the feed, [`attendance`] notes which agents have a client, and [`watching`] tells who has a ticket open and who
//! types on it.
//!
//! Races:
//! - an event commits while a client subscribes: the client is registered before it reads, so that the event is in
//!   what it reads, or in what the reader passes on, or in both; the second is recognised by its position;
//! - a right changes while an event is on its way: the right at the time of passing on counts. What was passed on
//!   before is not taken back;
//! - an account is closed, a session ends or a role changes: the next event finds it, and [`sweep`] does within a second,
//!   also while events wait for the database.

mod attendance;
mod clients;
mod fan_out;
mod page;
mod position;
mod reader;
mod subscription;
mod sweep;
mod watching;

pub(crate) use page::page;
pub(crate) use subscription::{Renewal, Step, Subscription};
pub(crate) use watching::{Tell, Watcher};

use actions::feed;
use attendance::Attendance;
use axum::http::HeaderName;
use clients::Clients;
use domain::{actor::Actor, feed::FeedPosition, live_event::LiveEvent};
use platform::context::Context;
use position::Seal;
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::Mutex;
use watching::Watching;

/// The header with the position that a client of a stream continues from (HTML, section 9.2).
pub(crate) const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// An event, as it is sent to everybody who sees the same of it.
#[derive(Debug)]
pub(crate) struct Told {
    /// Its place in the feed.
    position: FeedPosition,
    /// Its place, for clients.
    pub sealed: String,
    /// Its name.
    pub name: LiveEvent,
    /// The event, with its place.
    pub event: Value,
}

/// Why a subscription ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The token has expired, and was not renewed.
    Expired,
    /// The session ended, or the account is no longer active.
    Revoked,
    /// The person has another role, in which the client has to load anew what it shows.
    RoleChanged,
    /// The process stops.
    Stopping,
}

impl Ended {
    /// The code for clients.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Expired => "token_expired",
            Self::Revoked => "token_revoked",
            Self::RoleChanged => "role_changed",
            Self::Stopping => "unavailable",
        }
    }
}

/// The live side of a process.
pub(crate) struct Live {
    cx: Context,
    seal: Seal,
    clients: Clients,
    attendance: Attendance,
    watching: Watching,
    /// Up to where the reader has passed on; `None` while nobody listens.
    passed_on: Mutex<Option<FeedPosition>>,
}

impl Live {
    /// The live side of a process that nobody listens to yet.
    pub fn new(cx: Context) -> Arc<Self> {
        Arc::new(Self {
            seal: Seal::new(&cx.config.auth),
            clients: Clients::default(),
            attendance: Attendance::default(),
            watching: Watching::new(cx.clone()),
            passed_on: Mutex::default(),
            cx,
        })
    }

    /// A position for clients.
    pub fn sealed(&self, position: FeedPosition) -> String {
        self.seal.seal(position, &self.cx.ids)
    }

    /// The position that a client sends; `None` for a text that is none.
    pub fn opened(&self, sealed: &str) -> Option<FeedPosition> {
        self.seal.open(sealed)
    }

    /// A person has asked for events: staff count as present, as with a connection.
    pub fn saw(&self, actor: Actor) {
        self.attendance.saw(actor);
    }

    /// The position of the newest change that is committed by now.
    ///
    /// # Errors
    /// The database failed.
    pub async fn newest(&self) -> sqlx::Result<FeedPosition> {
        feed::advance(&self.cx).await?;
        feed::last(&self.cx.pool).await
    }

    /// Whether everything after a position is still kept.
    ///
    /// # Errors
    /// The database failed.
    pub async fn is_known(&self, position: FeedPosition) -> sqlx::Result<bool> {
        feed::is_known(&self.cx.pool, position).await
    }
}
