//! The SQL of suggestions: tickets whose number or subject begins with what was typed, newest first.

use crate::tickets::list::store::{
    found::{newest_bucket, push_titled, seen_by},
    narrow::in_scope,
};
use domain::tickets::{Status, TicketNumber, access::Scope, search::Typed};
use sqlx::{FromRow, PgConnection, QueryBuilder};

/// The most suggestions.
const SUGGESTED: i64 = 10;

/// A ticket that somebody may mean.
#[derive(Debug, Clone, FromRow)]
pub struct Suggestion {
    /// Its number.
    pub number: TicketNumber,
    /// Its subject.
    pub subject: String,
    /// Its status.
    pub status: Status,
}

/// The newest tickets in `scope` that may be meant, at most 10.
///
/// # Errors
/// The database failed.
pub async fn suggestions(
    db: &mut PgConnection,
    scope: Scope,
    typed: &Typed,
) -> sqlx::Result<Vec<Suggestion>> {
    let Some(title) = typed.in_index() else {
        return Ok(Vec::new());
    };
    let title = match seen_by(scope) {
        Some(seen) => format!("{seen} & {title}"),
        None => title,
    };
    let newest = newest_bucket(db).await?;
    let mut query = QueryBuilder::new("select t.number, t.subject, t.status");
    push_titled(&mut query, newest, title);
    query.push(
        " cross join lateral (select t.number, t.subject, t.status from tickets t where t.id = f.ticket_id",
    );
    in_scope(&mut query, scope);
    query.push(" offset 0) t limit ").push_bind(SUGGESTED);
    let query = query.build_query_as().persistent(false);
    query.fetch_all(db).await
}
