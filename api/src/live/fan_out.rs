//! Passing a part of the feed on to the connected people who may see it. Their accounts, sessions and roles are read
//! for each part anew, and so are the tickets: a person who lost a right meanwhile is told nothing.

use super::{
    Ended, Live, Told,
    clients::{Candidate, ClientId, PassedOn},
};
use crate::views::event;
use actions::{
    following::{Batch, Details},
    people::roles_in_sessions,
};
use domain::{
    actor::Actor,
    feed::{FeedChange, FeedEntry, Sight},
    ids::UserId,
    tickets::{
        EventActor,
        access::{Scope, Viewer},
    },
};
use serde_json::json;
use sqlx::PgConnection;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// A client in its present role.
struct Listener {
    id: ClientId,
    actor: Actor,
}

/// These clients in their present roles. Those whose session, account or role has ended are disconnected.
///
/// # Errors
/// The database failed.
pub(super) async fn present_of(
    live: &Live,
    clients: impl Iterator<Item = ClientId>,
) -> sqlx::Result<HashMap<ClientId, Actor>> {
    let candidates = clients.filter_map(|client| live.clients.candidate(client));
    let listeners = present(live, candidates.collect()).await?;
    Ok(listeners
        .into_iter()
        .map(|listener| (listener.id, listener.actor))
        .collect())
}

/// Passes a batch on.
///
/// # Errors
/// The database failed; then nothing was passed on.
pub(super) async fn fan_out(
    live: &Live,
    db: &mut PgConnection,
    batch: &mut Batch,
) -> sqlx::Result<()> {
    let listeners = present(live, candidates(live, batch)).await?;
    let plan: Vec<Vec<(ClientId, Viewer, Sight)>> = batch
        .entries
        .iter()
        .map(|entry| {
            let sights = listeners.iter().map(|one| {
                let viewer = Scope::of(&one.actor).reader();
                (one.id, viewer, batch.sight(&one.actor, entry))
            });
            sights
                .filter(|(.., sight)| *sight != Sight::Nothing)
                .collect()
        })
        .collect();
    let shown: HashSet<_> = batch
        .entries
        .iter()
        .zip(&plan)
        .filter(|(_, told)| told.iter().any(|(.., sight)| sight.is_shown()))
        .map(|(entry, _)| entry.position)
        .collect();
    let details = batch
        .details(db, &live.cx, |entry| shown.contains(&entry.position))
        .await?;
    for (entry, told) in batch.entries.iter().zip(plan) {
        let mut texts = Texts::new(live, entry, &details);
        for (client, viewer, sight) in told {
            if let Some(text) = texts.of(viewer, sight) {
                let passed_on = live.clients.pass_on(client, &text);
                if passed_on == PassedOn::Behind {
                    live.cx.metrics.live_event_behind();
                }
            }
        }
        end_typing(live, entry);
    }
    Ok(())
}

/// A person whose message is told no longer types it.
fn end_typing(live: &Live, entry: &FeedEntry) {
    if let FeedChange::Ticket { event, .. } = &entry.change
        && event.kind.message().is_some()
        && let EventActor::Person(person, _) = event.by
    {
        live.watching.wrote(event.ticket, person);
    }
}

/// The clients who may be concerned: all staff, and requesters whose tickets or notifications these are.
fn candidates(live: &Live, batch: &Batch) -> Vec<Candidate> {
    let mut people: HashSet<UserId> = HashSet::new();
    for entry in &batch.entries {
        people.extend(batch.customer(entry));
        people.extend(entry.change.addressee());
    }
    live.clients
        .candidates(|actor| actor.role.is_staff() || people.contains(&actor.id))
}

/// The candidates in their present roles. Those whose session or account has ended are disconnected, and so are those
/// whose role has changed: what they show is that of another role, and only a new connection begins anew.
async fn present(live: &Live, candidates: Vec<Candidate>) -> sqlx::Result<Vec<Listener>> {
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let asked: HashSet<_> = candidates
        .iter()
        .map(|one| (one.actor.id, one.session))
        .collect();
    let asked: Vec<_> = asked.into_iter().collect();
    let roles = roles_in_sessions(&live.cx.pool, &asked).await?;
    let mut listeners = Vec::with_capacity(candidates.len());
    for Candidate { id, actor, session } in candidates {
        match roles.get(&(actor.id, session)) {
            Some(role) if *role == actor.role => listeners.push(Listener { id, actor }),
            Some(_) => live.clients.end(id, Ended::RoleChanged),
            None => live.clients.end(id, Ended::Revoked),
        }
    }
    Ok(listeners)
}

impl Live {
    /// A client in its present role; `None` if it has left, or its session, account or role has ended.
    ///
    /// # Errors
    /// The database failed.
    pub(super) async fn present(&self, id: ClientId) -> sqlx::Result<Option<Actor>> {
        let candidate = self.clients.candidate(id).into_iter().collect();
        Ok(present(self, candidate).await?.pop().map(|one| one.actor))
    }

    /// Ends the connections whose session or account has ended, or whose person has another role.
    ///
    /// # Errors
    /// The database failed.
    pub(super) async fn check_all(&self) -> sqlx::Result<()> {
        present(self, self.clients.candidates(|_| true)).await?;
        Ok(())
    }
}

/// The texts of one event, each written when it is first needed.
pub(super) struct Texts<'a> {
    live: &'a Live,
    entry: &'a FeedEntry,
    details: &'a Details,
    written: HashMap<(Viewer, Sight), Option<Arc<Told>>>,
}

impl<'a> Texts<'a> {
    pub fn new(live: &'a Live, entry: &'a FeedEntry, details: &'a Details) -> Self {
        Self {
            live,
            entry,
            details,
            written: HashMap::new(),
        }
    }

    /// The text for a viewer with that sight.
    pub fn of(&mut self, viewer: Viewer, sight: Sight) -> Option<Arc<Told>> {
        let (live, entry, details) = (self.live, self.entry, self.details);
        let written = self.written.entry((viewer, sight));
        written
            .or_insert_with(|| write(live, entry, details, viewer, sight).map(Arc::new))
            .clone()
    }
}

fn write(
    live: &Live,
    entry: &FeedEntry,
    details: &Details,
    viewer: Viewer,
    sight: Sight,
) -> Option<Told> {
    let sealed = live.sealed(entry.position);
    let now = live.cx.clock.now();
    let view = match sight {
        Sight::Full => event::event(entry, &sealed, details, viewer, now)?,
        Sight::Changed => event::changed(entry, &sealed, details, now)?,
        Sight::Removed => event::removed(entry, &sealed, entry.change.ticket()?),
        Sight::Nothing => return None,
    };
    Some(Told {
        position: entry.position,
        name: view.name(),
        event: json!(view),
        sealed,
    })
}
