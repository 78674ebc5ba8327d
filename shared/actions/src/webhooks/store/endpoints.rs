//! The SQL of endpoints. No decisions.

use crate::webhooks::Webhook;
use chrono::{DateTime, Utc};
use domain::{
    feed::FeedPosition,
    ids::{UserId, WebhookId},
    webhooks::{Circuit, DisabledBecause, WebhookSecret, WebhookType},
};
use sqlx::PgExecutor;

struct Row {
    id: WebhookId,
    url: String,
    description: String,
    events: Vec<String>,
    secret: Vec<u8>,
    previous_secret: Option<Vec<u8>>,
    previous_until: Option<DateTime<Utc>>,
    disabled: Option<DisabledBecause>,
    disabled_at: Option<DateTime<Utc>>,
    failures: i32,
    first_failure_at: Option<DateTime<Utc>>,
    open_until: Option<DateTime<Utc>>,
    created_by: UserId,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Row> for Webhook {
    fn from(row: Row) -> Self {
        let previous = row.previous_secret.map(WebhookSecret::new);
        Self {
            id: row.id,
            url: row.url,
            description: row.description,
            events: types(&row.events),
            secret: WebhookSecret::new(row.secret),
            previous: previous.zip(row.previous_until),
            disabled: row.disabled.zip(row.disabled_at),
            circuit: Circuit {
                failures: row.failures,
                first_failure_at: row.first_failure_at,
                open_until: row.open_until,
            },
            created_by: row.created_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// The types of a filter. One that only a newer release knows is left out.
pub(super) fn types(words: &[String]) -> Vec<WebhookType> {
    words.iter().filter_map(|word| word.parse().ok()).collect()
}

fn words(types: &[WebhookType]) -> Vec<String> {
    types.iter().map(|kind| kind.as_str().to_owned()).collect()
}

macro_rules! select {
    ($rest:literal $(, $parameter:expr)*) => {
        sqlx::query_as!(
            Row,
            "select id, url, description, events, secret, previous_secret, previous_until, disabled, disabled_at, "
                + "failures, first_failure_at, open_until, created_by, created_at, updated_at from webhooks "
                + $rest
            $(, $parameter)*
        )
    };
}

/// The endpoints, at most `limit`, the oldest first.
///
/// # Errors
/// The database failed.
pub async fn all(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<Vec<Webhook>> {
    let rows = select!("order by created_at, id limit $1", limit)
        .fetch_all(db)
        .await?;
    Ok(rows.into_iter().map(Webhook::from).collect())
}

/// An endpoint.
///
/// # Errors
/// The database failed.
pub async fn find(db: impl PgExecutor<'_>, id: WebhookId) -> sqlx::Result<Option<Webhook>> {
    let row = select!("where id = $1", id.0);
    Ok(row.fetch_optional(db).await?.map(Webhook::from))
}

/// An endpoint, locked until the transaction ends.
///
/// # Errors
/// The database failed.
pub async fn lock(db: impl PgExecutor<'_>, id: WebhookId) -> sqlx::Result<Option<Webhook>> {
    let row = select!("where id = $1 for no key update", id.0);
    Ok(row.fetch_optional(db).await?.map(Webhook::from))
}

/// How many endpoints there are.
///
/// # Errors
/// The database failed.
pub async fn count(db: impl PgExecutor<'_>) -> sqlx::Result<i64> {
    sqlx::query_scalar!(r#"select count(*) as "count!" from webhooks"#)
        .fetch_one(db)
        .await
}

/// Adds an endpoint.
///
/// # Errors
/// The database failed.
pub async fn insert(
    db: impl PgExecutor<'_>,
    webhook: &Webhook,
    after: FeedPosition,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into webhooks (id, url, description, events, secret, after_position, created_by, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        webhook.id.0,
        webhook.url,
        webhook.description,
        &words(&webhook.events),
        webhook.secret.as_bytes(),
        after.0,
        webhook.created_by.0,
        webhook.created_at,
        webhook.updated_at,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Saves everything about an endpoint that can change. With a position, only later events are sent.
///
/// # Errors
/// The database failed.
pub async fn save(
    db: impl PgExecutor<'_>,
    webhook: &Webhook,
    after: Option<FeedPosition>,
) -> sqlx::Result<()> {
    let (previous, until) = webhook
        .previous
        .as_ref()
        .map(|(secret, until)| (secret.as_bytes(), *until))
        .unzip();
    let (disabled, disabled_at) = webhook.disabled.unzip();
    sqlx::query!(
        "update webhooks set url = $2, description = $3, events = $4, secret = $5, previous_secret = $6,
                previous_until = $7, disabled = $8, disabled_at = $9, failures = $10, first_failure_at = $11,
                open_until = $12, updated_at = $13, after_position = coalesce($14, after_position)
         where id = $1",
        webhook.id.0,
        webhook.url,
        webhook.description,
        &words(&webhook.events),
        webhook.secret.as_bytes(),
        previous,
        until,
        disabled.map(DisabledBecause::as_str),
        disabled_at,
        webhook.circuit.failures,
        webhook.circuit.first_failure_at,
        webhook.circuit.open_until,
        webhook.updated_at,
        after.map(|after| after.0),
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Deletes an endpoint with its log. `false`: there is none.
///
/// # Errors
/// The database failed.
pub async fn delete(db: impl PgExecutor<'_>, id: WebhookId) -> sqlx::Result<bool> {
    let deleted = sqlx::query!("delete from webhooks where id = $1", id.0)
        .execute(db)
        .await?;
    Ok(deleted.rows_affected() == 1)
}

/// Forgets secrets that no longer sign.
///
/// # Errors
/// The database failed.
pub async fn expire_previous(db: impl PgExecutor<'_>, now: DateTime<Utc>) -> sqlx::Result<u64> {
    let expired = sqlx::query!(
        "update webhooks set previous_secret = null, previous_until = null where previous_until <= $1",
        now,
    )
    .execute(db)
    .await?;
    Ok(expired.rows_affected())
}
