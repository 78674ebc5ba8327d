//! The SQL of preferences. Only choices that differ from the default are stored: a new kind has its default for everybody.

use domain::{
    ids::UserId,
    json::Json,
    notifications::Preference,
    people::{Role, Shift},
};
use platform::work::UnitOfWork;
use sqlx::PgExecutor;

/// The choices of a person that differ from the defaults.
///
/// # Errors
/// The database failed.
pub(super) async fn of_person(
    db: impl PgExecutor<'_>,
    person: UserId,
) -> sqlx::Result<Vec<Preference>> {
    sqlx::query_as!(
        Preference,
        "select template, channel, enabled from notification_preferences where user_id = $1",
        person.0,
    )
    .fetch_all(db)
    .await
}

/// The quiet hours of a person.
///
/// # Errors
/// The database failed.
pub(super) async fn quiet_hours(
    db: impl PgExecutor<'_>,
    person: UserId,
) -> sqlx::Result<Vec<Shift>> {
    let periods = sqlx::query_scalar!(
        "select periods from quiet_hours where user_id = $1",
        person.0
    )
    .fetch_optional(db)
    .await?;
    Ok(periods.map(|Json(periods)| periods).unwrap_or_default())
}

/// The language of a person; `None` if there is none.
///
/// # Errors
/// The database failed.
pub async fn language(db: impl PgExecutor<'_>, person: UserId) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!("select language from users where id = $1", person.0)
        .fetch_optional(db)
        .await
}

/// The role of a person; `None` if there is none.
///
/// # Errors
/// The database failed.
pub(super) async fn role(work: &mut UnitOfWork<'_>, person: UserId) -> sqlx::Result<Option<Role>> {
    sqlx::query_scalar!("select role from users where id = $1", person.0)
        .fetch_optional(&mut *work.tx)
        .await
}

/// Stores choices; the last of two for one setting counts. Everything is sent by default, so that a row of an enabled
/// setting is no deviation.
///
/// # Errors
/// The database failed.
pub(super) async fn save(
    work: &mut UnitOfWork<'_>,
    person: UserId,
    choices: &[Preference],
) -> sqlx::Result<()> {
    let templates: Vec<_> = choices.iter().map(|one| one.template.to_string()).collect();
    let channels: Vec<_> = choices.iter().map(|one| one.channel.to_string()).collect();
    let enabled: Vec<_> = choices.iter().map(|one| one.enabled).collect();
    sqlx::query!(
        "with chosen as (
            select distinct on (template, channel) template, channel, enabled
            from unnest($2::text[], $3::text[], $4::boolean[]) with ordinality as n (template, channel, enabled, place)
            order by template, channel, place desc),
        dropped as (
            delete from notification_preferences p using chosen c
            where c.enabled and p.user_id = $1 and p.template = c.template and p.channel = c.channel)
        insert into notification_preferences (user_id, template, channel, enabled)
        select $1, template, channel, enabled from chosen where not enabled
        on conflict (user_id, template, channel) do update set enabled = excluded.enabled",
        person.0,
        &templates,
        &channels,
        &enabled,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Stores all quiet hours of a person.
///
/// # Errors
/// The database failed.
pub(super) async fn save_quiet_hours(
    work: &mut UnitOfWork<'_>,
    person: UserId,
    periods: Vec<Shift>,
) -> sqlx::Result<()> {
    if periods.is_empty() {
        sqlx::query!("delete from quiet_hours where user_id = $1", person.0)
            .execute(&mut *work.tx)
            .await?;
        return Ok(());
    }
    sqlx::query!(
        "insert into quiet_hours (user_id, periods) values ($1, $2)
        on conflict (user_id) do update set periods = excluded.periods",
        person.0,
        Json(periods) as _,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}
