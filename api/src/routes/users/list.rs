//! `GET /admin/users`: lists the accounts, newest first.

use crate::{
    auth::Admin,
    error::Problem,
    openapi::{Access, Operation, Resource},
    query::Query,
    respond::Answer,
    views::{page::Pagination, person::User},
};
use actions::people::list::{self, Filter};
use axum::extract::State;
use domain::{field_error::Constraint, paging::PageRequest, reader::QueryReader};
use platform::context::Context;

/// The most characters of `q`.
const LONGEST: usize = 200;

/// Lists accounts: `role` (several separated by commas), `active`, `q` (in names, address and employee
/// number), `page` or `cursor`, `limit`.
///
/// # Errors
/// 400, 401, 403 for anybody but an admin, 422.
pub async fn list(
    Admin(_): Admin,
    State(cx): State<Context>,
    query: Query,
) -> Result<Answer, Problem> {
    let (filter, section) = query.read(self::query)?;
    let found = list::page(&cx.pool, &filter, section, cx.config.tickets.load).await?;
    let next = found.next.map(|next| next.to_string());
    let pagination = Pagination::of(section, found.total).followed_by(next);
    let users: Vec<_> = found.people.iter().map(User::from).collect();
    Ok(Answer::of("users", users).with("pagination", pagination))
}

fn query(query: &mut QueryReader) -> Option<(Filter, PageRequest)> {
    query.mean(&[
        ("role", "Only accounts of people with one of these roles."),
        (
            "active",
            "Only accounts that can be used, or only those that cannot.",
        ),
        (
            "q",
            "Only accounts in whose name, e-mail address or employee number this text is found.",
        ),
    ]);
    let roles = query.words("role");
    let active = query.text("active");
    query.errors().ask("active", Constraint::Flag);
    let active = match active.as_deref() {
        None => None,
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => {
            let must = "must be true or false";
            query.errors().add("active", "unknown_value", must);
            None
        }
    };
    let text = query.text("q");
    let text = query
        .errors()
        .optional_text("q", text.as_deref(), 0, LONGEST)
        .filter(|text| !text.trim().is_empty());
    let filter = Filter {
        roles,
        active,
        text,
    };
    Some((filter, PageRequest::read(query)?))
}

pub(crate) fn operation() -> Operation {
    Operation::new("listUsers", Access::Roles("admins"), "List accounts")
        .description(
            "The newest accounts come first. Several roles are separated by commas. `active` is `true` or `false`. `q` is \
             searched in names, address and employee number. `nextCursor` continues the list.",
        )
        .query(query)
        .answers::<Vec<User>>("users")
        .answers::<Pagination>("pagination")
        .leads_to("users/0/id", Resource::Person)
}
