//! `GET /admin/users`: the accounts, newest first.

use crate::{
    auth::Admin,
    error::Problem,
    openapi::{Operation, Who},
    query::Query,
    respond::Answer,
    views::{page::Pagination, person::User},
};
use axum::extract::State;
use shared::{
    context::Context,
    fault::Asks,
    people::list::{self, Filter, Start},
};

/// Characters of what is searched for.
const LONGEST: usize = 200;

/// Lists accounts: `role` (alternatives by commas), `active`, `q` (in names, address and employee
/// number), `page` or `cursor`, `limit`.
///
/// # Errors
/// The caller is not an admin; values of the query that cannot be read.
pub async fn list(
    Admin(_): Admin,
    State(cx): State<Context>,
    query: Query,
) -> Result<Answer, Problem> {
    let (filter, start, limit) = query.read(self::query)?;
    let found = list::page(&cx.pool, &filter, (start, limit), cx.config.tickets.load).await?;
    let pagination = match start {
        Start::Page(page) => Pagination::new(page, limit, found.total),
        Start::After(_) => Pagination::after_cursor(limit, found.total),
    };
    let next = found.next.map(|next| next.to_string());
    let pagination = pagination.followed_by(next);
    let users: Vec<_> = found.people.iter().map(User::from).collect();
    Ok(Answer::of("users", users).with("pagination", pagination))
}

#[expect(clippy::unnecessary_wraps, reason = "all readers have one shape")]
fn query(query: &mut Query) -> Option<(Filter, Start, i64)> {
    let roles = query.words("role");
    let active = query.text("active");
    let asks = Asks::Word(vec!["true", "false"]);
    query.faults().ask("active", asks);
    let active = match active.as_deref() {
        None => None,
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => {
            let must = "must be true or false";
            query.faults().add("active", "unknown_value", must);
            None
        }
    };
    let text = query.text("q");
    let text = query
        .faults()
        .optional_text("q", text.as_deref(), 0, LONGEST)
        .filter(|text| !text.trim().is_empty());
    let page = query.integer("page", 1..=100_000).unwrap_or(1);
    let limit = query.integer("limit", 1..=100).unwrap_or(20);
    let after = query.id("cursor");
    let filter = Filter {
        roles,
        active,
        text,
    };
    let start = after.map_or(Start::Page(page), Start::After);
    Some((filter, start, limit))
}

pub(crate) fn operation() -> Operation {
    Operation::new("listUsers", Who::Roles("admins"), "List accounts")
        .about("Newest first. Roles separated by commas are alternatives; `active` is `true` or `false`; `q` is looked for in names, \
            address and employee number. `nextCursor` continues the list.")
        .query(query)
        .answers::<Vec<User>>("users")
        .answers::<Pagination>("pagination")
        .leads_to("users/0/id", "/api/v1/admin/users/{id}")
}
