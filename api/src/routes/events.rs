//! `GET /events`: what happened after a position, as a page, a long poll or a stream.

use crate::{
    authentication_failures,
    error::Problem,
    live::{self, Ended, LAST_EVENT_ID, Live, Step, Subscription},
    openapi::{Access, Operation},
    query::Query,
    respond::Answer,
    signed_in::SignedIn,
    state::ApiState,
    views::event::LiveEventView,
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use domain::{
    feed::FeedPosition,
    field_error::{Constraint, FieldError},
    reader::QueryReader,
};
use futures_util::{Stream, stream};
use platform::error_chain::Chain;
use serde_json::{Value, json};
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::time::Instant;

const MOST: i64 = 100;
/// The longest wait of a long poll. Below the time limit of a request, and of most proxies.
const LONGEST_WAIT: i64 = 25;
/// The interval of comments in a stream, which keep proxies from closing it.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The parameters.
struct Asked {
    after: Option<String>,
    limit: usize,
    wait: Duration,
}

/// Shows what happened after a position, as far as the caller may see it now. Without a position there are no events,
/// only the newest position. `wait` holds the response back until something happens. With `Accept: text/event-stream`
/// the events come as a stream, which does not end.
///
/// # Errors
/// 400, 401, 410 for a position whose following events are no longer kept, 422, 429.
pub async fn list(
    who: SignedIn,
    State(api): State<ApiState>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    let asked = query.read(self::query)?;
    let resumed = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok());
    let after = resumed.map(str::to_owned).or(asked.after);
    let after = after.map(|text| opened(&api.live, &text)).transpose()?;
    if wants_stream(&headers) {
        let subscription = Subscription::begin(&api.live, who, after).await?;
        return Ok(streamed(subscription));
    }
    // A client that polls is connected in between, as far as its person is concerned.
    api.live.saw(who.actor);
    let Some(after) = after else {
        let newest = api.live.newest().await?;
        return Ok(answer(&api.live, Vec::new(), newest, false).into_response());
    };
    if !api.live.is_known(after).await? {
        return Err(Problem::events_gone());
    }
    api.live.newest().await?;
    let page = live::page(&api.live, &who.actor, after, asked.limit).await?;
    if page.events.is_empty() && !page.has_more && !asked.wait.is_zero() {
        let deadline = Instant::now() + asked.wait;
        return waited(&api.live, who, page.position, deadline).await;
    }
    let events = page.events.iter().map(|told| told.event.clone()).collect();
    Ok(answer(&api.live, events, page.position, page.has_more).into_response())
}

/// The first event after a position, or none at the deadline.
async fn waited(
    live: &Arc<Live>,
    who: SignedIn,
    after: FeedPosition,
    deadline: Instant,
) -> Result<Response, Problem> {
    let mut subscription = Subscription::begin(live, who, Some(after)).await?;
    loop {
        let Ok(step) = tokio::time::timeout_at(deadline, subscription.next()).await else {
            let position = subscription.position();
            return Ok(answer(live, Vec::new(), position, false).into_response());
        };
        match step? {
            Step::Event(told) => {
                let position = subscription.position();
                return Ok(answer(live, vec![told.event.clone()], position, true).into_response());
            }
            Step::Position(_) => {}
            Step::Resync(_) => return Err(Problem::events_gone()),
            Step::Ended(why) => return Err(why.into()),
        }
    }
}

fn answer(live: &Live, events: Vec<Value>, position: FeedPosition, has_more: bool) -> Answer {
    Answer::of("events", events)
        .with("position", live.sealed(position))
        .with("hasMore", has_more)
}

fn opened(live: &Live, text: &str) -> Result<FeedPosition, Problem> {
    live.opened(text).ok_or_else(|| {
        Problem::bad_query(vec![FieldError {
            field: "after".to_owned(),
            code: "invalid_position",
            message: "must be a `position` of an earlier response or event".to_owned(),
        }])
    })
}

fn wants_stream(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    accepted
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("text/event-stream"))
}

/// The events as a stream (HTML, section 9.2). The id of each is its position, which the client sends in
/// `Last-Event-ID` when it connects again.
fn streamed(subscription: Subscription) -> Response {
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    let mut response = Sse::new(events(subscription))
        .keep_alive(keep_alive)
        .into_response();
    // A proxy that collects a response before it passes it on would pass on nothing.
    response.headers_mut().insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    response
}

fn events(subscription: Subscription) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(Some(subscription), |subscription| async move {
        let mut subscription = subscription?;
        loop {
            match subscription.next().await {
                Ok(Step::Ended(why)) => return Some((Ok(closing(why)), None)),
                Ok(step) => return Some((Ok(event(&step)), Some(subscription))),
                Err(error) => {
                    tracing::debug!(error = %Chain(&error), "a stream of events waits for the database");
                    subscription.pause().await;
                }
            }
        }
    })
}

fn event(step: &Step) -> Event {
    match step {
        Step::Event(told) => named(told.name.as_str(), &told.sealed, &told.event),
        Step::Position(position) => named("position", position, &json!({"position": position})),
        Step::Resync(position) => named("resync", position, &json!({"position": position})),
        Step::Ended(why) => closing(*why),
    }
}

fn named(name: &str, position: &str, data: &Value) -> Event {
    Event::default()
        .event(name)
        .id(position)
        .data(data.to_string())
}

fn closing(why: Ended) -> Event {
    Event::default()
        .event("closing")
        .data(json!({"code": why.code()}).to_string())
}

#[derive(Debug, thiserror::Error)]
#[error("the process stops")]
struct Stopping;

impl From<Ended> for Problem {
    fn from(why: Ended) -> Self {
        match why {
            Ended::Expired => authentication_failures::expired_token(),
            Ended::Revoked => authentication_failures::revoked_token(),
            Ended::RoleChanged => Self::events_gone(),
            Ended::Stopping => Self::unavailable(
                "This process stops: ask again, and another one answers.",
                Stopping,
            ),
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "all readers have one shape")]
fn query(query: &mut QueryReader) -> Option<Asked> {
    query.mean(&[
        (
            "after",
            "The position to continue from: `position` of the last response, or of an event. Without it the response has \
             no events, only the newest position.",
        ),
        ("limit", "The most events of a response. The default is 100."),
        (
            "wait",
            "The seconds that the response may be held back while there is no event. The default is 0.",
        ),
    ]);
    // A cursor of another release has another length.
    query
        .errors()
        .ask("after", Constraint::pattern("^[A-Za-z0-9_-]+$"));
    let after = query.text("after");
    let limit = query.integer("limit", 1..=MOST).unwrap_or(MOST);
    let wait = query.integer("wait", 0..=LONGEST_WAIT).unwrap_or(0);
    Some(Asked {
        after,
        limit: usize::try_from(limit).unwrap_or(1),
        wait: Duration::from_secs(u64::try_from(wait).unwrap_or(0)),
    })
}

pub(crate) fn operation() -> Operation {
    Operation::new("listEvents", Access::SignedIn, "List what happened")
        .description(
            "The events after a position, oldest first: each committed change of a ticket that you may see, its messages \
             among them, changes of agents' availability (for agents and admins), and your notifications. Nothing is \
             skipped; an event may come twice, with the same `id`. Your rights of the moment count: the events of a ticket \
             that you may no longer see are left out. Continue from `position`, at once if `hasMore` is true. With \
             `wait` the response comes as soon as there is an event. With `Accept: text/event-stream` the events come as a \
             stream of server-sent events, which goes on until the token expires. Events are kept for two days.",
        )
        .query(query)
        .answers::<Vec<LiveEventView>>("events")
        .answers_like("position", &"zp0vFh2Kx1p3oPzJH8bVqkq5Jc8nM4cT9sQmXw7uYbA1dEfG".to_owned())
        .answers_like("hasMore", &false)
        .answer_named("EventList")
        .refuses(410, &["events_gone"])
        .refuses(429, &["too_many_connections"])
}
