//! `GET /support/customers`: requesters, for staff who create tickets for them or list theirs.

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

/// Characters of what is looked for.
const LONGEST: usize = 200;

/// Finds requesters by how a name, the address or the phone number begins (`q`), the newest first.
///
/// # Errors
/// The caller is not of the staff; values of the query that cannot be read.
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
    let text = query.required("q", 1..=LONGEST);
    let section = PageRequest::read(query);
    Some((Beginning::of(&text?), section?))
}

pub(crate) fn operation() -> Operation {
    Operation::new("findCustomers", Access::Roles("agents and admins"), "Find requesters")
        .about("Customers, technicians and corporate customers whose name (either one first), address or phone number begins like `q`, \
            whatever its case and accents; those with the newest accounts first. Never agents or admins. `nextCursor` continues the list.")
        .query(query)
        .answers::<Vec<FoundCustomer>>("customers")
        .answers::<Pagination>("pagination")
}
