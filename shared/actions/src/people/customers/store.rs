//! The SQL of requesters. An index serves each condition, since the statement is planned with the beginning as a
//! known value: PostgreSQL plans it for each call as long as that is cheaper than a scan. No decisions.

use crate::people::{
    customers::{Beginning, Customer},
    list::Rows,
};
use sqlx::PgConnection;

/// The number of requesters who match.
///
/// # Errors
/// The database failed.
pub(super) async fn count(db: &mut PgConnection, beginning: &Beginning) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from users
           where role in ('customer', 'technician', 'corporate')
             and (folded(first_name || ' ' || last_name) ^@ folded($1)
                  or folded(last_name || ' ' || first_name) ^@ folded($1)
                  or lower(email) ^@ lower($1) or phone_number ^@ $2)"#,
        beginning.text,
        beginning.number,
    )
    .fetch_one(db)
    .await
}

/// A part of them, newest account first, which is the order of ids.
///
/// # Errors
/// The database failed.
pub(super) async fn customers(
    db: &mut PgConnection,
    beginning: &Beginning,
    rows: Rows,
) -> sqlx::Result<Vec<Customer>> {
    sqlx::query_as!(
        Customer,
        "select id, first_name, last_name, email, phone_number, role, language, active from users
         where role in ('customer', 'technician', 'corporate')
           and (folded(first_name || ' ' || last_name) ^@ folded($1)
                or folded(last_name || ' ' || first_name) ^@ folded($1)
                or lower(email) ^@ lower($1) or phone_number ^@ $2)
           and ($3::uuid is null or id < $3)
         order by id desc offset $4 limit $5",
        beginning.text,
        beginning.number,
        rows.after.map(|person| person.0),
        rows.offset,
        rows.limit,
    )
    .fetch_all(db)
    .await
}
