//! Requesters in SQL. Each way to find one is a condition of an index, where the beginning is known when the
//! statement is planned: PostgreSQL goes on planning it for each call as long as that is cheaper than a scan.

use crate::people::customers::{Beginning, Customer};
use sqlx::PgConnection;
use uuid::Uuid;

/// How many there are.
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

/// A part of them, the newest first, which is by id: `place` is after whom, how many are passed over, and how
/// many are wanted.
///
/// # Errors
/// The database failed.
pub(super) async fn customers(
    db: &mut PgConnection,
    beginning: &Beginning,
    (after, offset, limit): (Option<Uuid>, i64, i64),
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
        after,
        offset,
        limit,
    )
    .fetch_all(db)
    .await
}
