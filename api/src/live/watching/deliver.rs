//! Telling the clients of this process. Their sessions, roles and rights are read each time anew, in a number of
//! queries that does not depend on how many there are. A client that no longer sees its ticket is told nothing,
//! and its ticket is closed.

use super::sign::{Sign, Typing};
use crate::{
    live::{Live, clients::ClientId, fan_out},
    views::watching::{People, TypingView, WatchersView},
};
use actions::{
    directory,
    following::{self, ConcernedPeople},
};
use domain::{
    actor::Actor,
    ids::{TicketId, UserId},
    watching::{hears_of_watchers, hears_typing, may_open},
};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};

/// Something to tell.
enum News {
    Typing(Typing),
    Watchers {
        ticket: TicketId,
        people: Vec<UserId>,
    },
}

impl News {
    const fn ticket(&self) -> TicketId {
        match self {
            Self::Typing(typing) => typing.ticket,
            Self::Watchers { ticket, .. } => *ticket,
        }
    }

    fn people(&self) -> Vec<UserId> {
        match self {
            Self::Typing(typing) => vec![typing.person],
            Self::Watchers { people, .. } => people.clone(),
        }
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::Typing(_) => "ticket:typing",
            Self::Watchers { .. } => "ticket:viewing",
        }
    }

    fn event(&self, names: &People) -> Value {
        match self {
            Self::Typing(typing) => json!(TypingView::new(
                typing.ticket,
                typing.person,
                typing.what(),
                typing.moment,
                names,
            )),
            Self::Watchers { ticket, people } => json!(WatchersView::new(*ticket, people, names)),
        }
    }
}

/// Tells what the signs mean to those who may know it.
///
/// # Errors
/// The database failed; then the signs are lost.
pub(super) async fn deliver(live: &Live, signs: Vec<Sign>) -> sqlx::Result<()> {
    let news = news(live, signs).await;
    let tickets: BTreeSet<_> = news.iter().map(News::ticket).collect();
    let mut clients = Vec::new();
    for ticket in &tickets {
        let of_ticket = live.watching.tickets.clients_of(*ticket);
        clients.extend(of_ticket.into_iter().map(|client| (*ticket, client)));
    }
    if clients.is_empty() {
        return Ok(());
    }
    let actors = fan_out::present_of(live, clients.iter().map(|(_, client)| *client)).await?;
    let mut db = live.cx.pool.acquire().await?;
    let tickets: Vec<_> = tickets.into_iter().collect();
    let concerned = following::concerned(&mut db, &tickets).await?;
    let people: BTreeSet<_> = news.iter().flat_map(News::people).collect();
    let people: Vec<_> = people.iter().map(|person| person.0).collect();
    let names = directory::names(&mut *db, &people).await?;
    drop(db);
    close_hidden(live, &clients, &actors, &concerned).await;
    for one in &news {
        let event = one.event(&names);
        let mut all_told = true;
        let listeners = clients
            .iter()
            .filter(|(ticket, _)| *ticket == one.ticket())
            .filter(|(_, client)| {
                let actor = actors.get(client);
                actor.is_some_and(|actor| hears(actor, one, &concerned))
            });
        for (_, client) in listeners {
            // One that has left meanwhile need not be told.
            if let Some(tell) = live.watching.tickets.tell_of(*client) {
                all_told &= tell(one.name(), &event);
            }
        }
        if let News::Watchers { ticket, people } = one {
            // Not before: what was lost on the way here, or at a client, is told again with the next look.
            let told = all_told.then_some(people.as_slice());
            live.watching.tickets.note_told(*ticket, told);
        }
    }
    Ok(())
}

fn hears(actor: &Actor, news: &News, concerned: &ConcernedPeople) -> bool {
    let now = concerned.of(news.ticket(), actor.id);
    now.is_some_and(|now| match news {
        News::Typing(typing) => hears_typing(actor, typing.person, typing.what(), now),
        News::Watchers { .. } => hears_of_watchers(actor, now),
    })
}

/// What there is to tell, by what was told before.
async fn news(live: &Live, signs: Vec<Sign>) -> Vec<News> {
    let (mut news, mut looked_at) = (Vec::new(), BTreeSet::new());
    for sign in signs {
        match sign {
            Sign::Typing(typing) => {
                let shown = live.watching.show(typing);
                news.extend(shown.into_iter().map(News::Typing));
            }
            Sign::Watchers { ticket } => {
                looked_at.insert(ticket);
            }
        }
    }
    let asked: Vec<_> = looked_at
        .iter()
        .map(|ticket| (*ticket, Vec::new()))
        .collect();
    if let Ok(found) = live.watching.shared.enter(&asked).await {
        for (ticket, people) in looked_at.into_iter().zip(found) {
            if live.watching.tickets.is_news(ticket, &people) {
                news.push(News::Watchers { ticket, people });
            }
        }
    }
    news
}

/// Closes the tickets that clients no longer see.
async fn close_hidden(
    live: &Live,
    clients: &[(TicketId, ClientId)],
    actors: &HashMap<ClientId, Actor>,
    concerned: &ConcernedPeople,
) {
    let is_hidden = |(ticket, client): &&(TicketId, ClientId)| {
        let sees = |actor: &Actor| {
            let now = concerned.of(*ticket, actor.id);
            now.is_some_and(|now| may_open(actor, now).is_ok())
        };
        !actors.get(client).is_some_and(sees)
    };
    let hidden = clients.iter().filter(is_hidden);
    let closed =
        hidden.filter_map(|(ticket, client)| live.watching.tickets.close(*client, *ticket));
    let closed: Vec<_> = closed.collect();
    live.tell_closed(&closed).await;
}
