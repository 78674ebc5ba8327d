//! The SQL of the list of people. It scans the table, which is fast enough for some hundred thousand people.

use crate::people::list::{Filter, Rows};
use domain::people::Role;
use sqlx::PgConnection;
use uuid::Uuid;

fn roles(filter: &Filter) -> Vec<String> {
    filter.roles.iter().map(Role::to_string).collect()
}

/// The number of people who match.
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

/// The ids of a part of them, newest account first, which is the order of ids.
///
/// # Errors
/// The database failed.
pub(super) async fn ids(
    db: &mut PgConnection,
    filter: &Filter,
    pattern: Option<&str>,
    rows: Rows,
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
        rows.after.map(|person| person.0),
        rows.offset,
        rows.limit,
    )
    .fetch_all(db)
    .await
}
