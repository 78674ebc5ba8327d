//! The SQL of lists of people: a scan, which a register of some hundred thousand people bears.

use crate::people::list::Filter;
use domain::{ids::UserId, people::Role};
use sqlx::PgConnection;
use uuid::Uuid;

fn roles(filter: &Filter) -> Vec<String> {
    filter.roles.iter().map(Role::to_string).collect()
}

/// How many there are.
///
/// # Errors
/// The database failed.
pub(super) async fn count(
    db: &mut PgConnection,
    filter: &Filter,
    pattern: Option<&str>,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from users u left join agents a on a.user_id = u.id
           where (cardinality($1::text[]) = 0 or u.role = any($1))
             and ($2::boolean is null or u.active = $2)
             and ($3::text is null or u.first_name || ' ' || u.last_name ilike $3
                  or u.email ilike $3 or a.employee_id ilike $3)"#,
        &roles(filter),
        filter.active,
        pattern,
    )
    .fetch_one(db)
    .await
}

/// A part of them, newest first, which is by id: `place` is after whom, how many are passed over,
/// and how many are wanted.
///
/// # Errors
/// The database failed.
pub(super) async fn ids(
    db: &mut PgConnection,
    filter: &Filter,
    pattern: Option<&str>,
    (after, offset, limit): (Option<UserId>, i64, i64),
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"select u.id as "id!: Uuid" from users u left join agents a on a.user_id = u.id
           where (cardinality($1::text[]) = 0 or u.role = any($1))
             and ($2::boolean is null or u.active = $2)
             and ($3::text is null or u.first_name || ' ' || u.last_name ilike $3
                  or u.email ilike $3 or a.employee_id ilike $3)
             and ($4::uuid is null or u.id < $4)
           order by u.id desc offset $5 limit $6"#,
        &roles(filter),
        filter.active,
        pattern,
        after.map(|person| person.0),
        offset,
        limit,
    )
    .fetch_all(db)
    .await
}
