//! `GET /support/customers`: finds requesters, for staff who create or list tickets of theirs.

use crate::{
    auth::Staff,
    error::Problem,
    openapi::{Access, Operation},
    query::Query,
    respond::Answer,
    views::{page::Pagination, person::FoundCustomer},
};
use actions::people::customers::{self, Beginning};
use axum::extract::State;
use domain::{paging::PageRequest, reader::QueryReader};
use platform::context::Context;

/// The most characters of `q`.
const LONGEST: usize = 200;

/// Finds requesters by the beginning of a name, the address or the phone number (`q`), newest first.
///
/// # Errors
/// 400, 401, 403 for anybody but staff, 422.
pub async fn list(
    Staff(_): Staff,
    State(cx): State<Context>,
    query: Query,
) -> Result<Answer, Problem> {
    let (beginning, section) = query.read(self::query)?;
    let mut db = cx.snapshot().await?;
    let found = customers::page(&mut db, &beginning, section).await?;
    drop(db);
    let next = found.next.map(|next| next.to_string());
    let pagination = Pagination::of(section, found.total).followed_by(next);
    let customers: Vec<_> = found.customers.iter().map(FoundCustomer::from).collect();
    Ok(Answer::of("customers", customers).with("pagination", pagination))
}

fn query(query: &mut QueryReader) -> Option<(Beginning, PageRequest)> {
    query.mean(&[(
        "q",
        "The beginning of a name, of an e-mail address or of a phone number.",
    )]);
    let text = query.required("q", 1..=LONGEST);
    let section = PageRequest::read(query);
    Some((Beginning::of(&text?), section?))
}

pub(crate) fn operation() -> Operation {
    Operation::new("findCustomers", Access::Roles("agents and admins"), "Find requesters")
        .description(
            "Finds customers, technicians and corporate customers whose name (first or last name first), address or phone \
             number begins with `q`. Case and accents do not count. The newest accounts come first. Agents and admins are \
             never found. `nextCursor` continues the list.",
        )
        .query(query)
        .answers::<Vec<FoundCustomer>>("customers")
        .answers::<Pagination>("pagination")
}
