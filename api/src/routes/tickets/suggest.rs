//! `GET /support/tickets/suggest`: tickets that somebody who types may mean.

use crate::{
    error::Problem,
    openapi::{Access, Operation},
    query::Query,
    respond::Answer,
    signed_in::SignedIn,
    views::ticket::TicketSuggestion,
};
use actions::tickets::list::suggestions;
use axum::extract::State;
use domain::{
    reader::QueryReader,
    tickets::{access::Scope, search::Typed},
};
use platform::context::Context;

/// The most characters of `q`.
const LONGEST: usize = 200;

/// The newest tickets that the caller may see and whose number or words of the subject begin with `q`, at most 10.
///
/// # Errors
/// 400, 401, 422.
pub async fn suggest(
    SignedIn { actor, .. }: SignedIn,
    State(cx): State<Context>,
    query: Query,
) -> Result<Answer, Problem> {
    let typed = query.read(self::query)?;
    let mut db = cx.snapshot().await?;
    let found = suggestions(&mut db, Scope::of(&actor), &typed).await?;
    drop(db);
    let suggestions: Vec<_> = found.iter().map(TicketSuggestion::from).collect();
    Ok(Answer::of("suggestions", suggestions))
}

fn query(query: &mut QueryReader) -> Option<Typed> {
    query.mean(&[(
        "q",
        "What was typed so far: the beginning of a number, or words of the subject, of which the last may be unfinished.",
    )]);
    let text = query.required("q", 1..=LONGEST)?;
    Typed::parse(&text)
        .inspect_err(|too_many| query.errors().add("q", "too_many", too_many.to_string()))
        .ok()
}

pub(crate) fn operation() -> Operation {
    Operation::new("suggestTickets", Access::SignedIn, "Suggest tickets while somebody types")
        .description(
            "Suggests the newest tickets whose number or subject has all words of `q`, where the last word may be \
             unfinished: `q=cannot p` suggests `Cannot pay`. A number, or one of its two groups of digits, may be unfinished \
             as well. Case and accents do not count. The caller gets tickets that the list of tickets shows as well, at \
             most 10. The list is empty if `q` has neither letters nor digits.",
        )
        .query(query)
        .answers::<Vec<TicketSuggestion>>("suggestions")
        .answer_named("TicketSuggestions")
}
