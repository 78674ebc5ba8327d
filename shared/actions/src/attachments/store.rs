//! Uploads in SQL. No decisions.

use chrono::{DateTime, Utc};
use domain::attachments::{NewUpload, Place, Upload};
use domain::{
    ids::{AttachmentId, MessageId, UserId},
    tickets::Visibility,
};
use sqlx::{PgExecutor, PgPool};

/// The row of an upload whose bytes are not there yet.
///
/// # Errors
/// The database failed.
pub(super) async fn insert(
    pool: &PgPool,
    id: AttachmentId,
    uploader: UserId,
    new: &NewUpload,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into attachments (id, uploader_id, file_name, content_type, size, created_at)
         values ($1, $2, $3, $4, $5, $6)",
        id.0,
        uploader.0,
        new.file_name,
        new.content_type,
        new.size,
        now,
    )
    .execute(pool)
    .await
    .map(|_| ())
}

/// Gives up one whose bytes could not be kept.
///
/// # Errors
/// The database failed.
pub(super) async fn abandon(pool: &PgPool, id: AttachmentId) -> sqlx::Result<()> {
    sqlx::query!(
        "update attachments set given_up = true where id = $1 and stored_at is null",
        id.0
    )
    .execute(pool)
    .await
    .map(|_| ())
}

/// Says that the bytes are there.
///
/// # Errors
/// The database failed.
pub(super) async fn stored(
    db: impl PgExecutor<'_>,
    id: AttachmentId,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Upload>> {
    sqlx::query_as!(
        Upload,
        "update attachments set stored_at = $2 where id = $1 and stored_at is null and not given_up
         returning id, uploader_id, file_name, content_type, size, created_at, ticket_id, message_id",
        id.0,
        now,
    )
    .fetch_optional(db)
    .await
}

/// How many uploads of somebody are attached to nothing, those that are not announced among them.
///
/// # Errors
/// The database failed.
pub(super) async fn count_waiting(
    db: impl PgExecutor<'_>,
    uploader: UserId,
    arriving_since: DateTime<Utc>,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from attachments
           where uploader_id = $1 and ticket_id is null and not given_up and (stored_at is not null or created_at > $2)"#,
        uploader.0,
        arriving_since,
    )
    .fetch_one(db)
    .await
}

/// An upload that is there, and who may read the message that it hangs on.
///
/// # Errors
/// The database failed.
pub(super) async fn find(
    db: impl PgExecutor<'_>,
    id: AttachmentId,
) -> sqlx::Result<Option<(Upload, Visibility)>> {
    let row = sqlx::query!(
        r#"select a.id, a.uploader_id, a.file_name, a.content_type, a.size, a.created_at, a.ticket_id, a.message_id,
                  m.is_internal as "is_internal?"
           from attachments a left join messages m on m.id = a.message_id
           where a.id = $1 and a.stored_at is not null and not a.given_up"#,
        id.0,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| {
        let upload = Upload {
            id: row.id,
            uploader_id: row.uploader_id,
            file_name: row.file_name,
            content_type: row.content_type,
            size: row.size,
            created_at: row.created_at,
            ticket_id: row.ticket_id,
            message_id: row.message_id,
        };
        let visibility = match row.is_internal {
            Some(true) => Visibility::Internal,
            Some(false) | None => Visibility::Public,
        };
        (upload, visibility)
    }))
}

/// Attaches those of these uploads that are the caller's and free, in no order. Whoever wants one
/// of them at the same time waits, and then finds it taken.
///
/// # Errors
/// The database failed.
pub(super) async fn claim(
    db: impl PgExecutor<'_>,
    ids: &[uuid::Uuid],
    uploader: UserId,
    place: Place,
) -> sqlx::Result<Vec<Upload>> {
    sqlx::query_as!(
        Upload,
        "with free as (
             select id from attachments
             where id = any($1) and uploader_id = $2 and ticket_id is null and stored_at is not null and not given_up
             order by id for update
         )
         update attachments a set ticket_id = $3, message_id = $4 from free where a.id = free.id
         returning a.id, a.uploader_id, a.file_name, a.content_type, a.size, a.created_at, a.ticket_id, a.message_id",
        ids,
        uploader.0,
        place.ticket().0,
        place.message().map(|message| message.0),
    )
    .fetch_all(db)
    .await
}

/// Which of these uploads of the caller's hang on something.
///
/// # Errors
/// The database failed.
pub(super) async fn attached(
    db: impl PgExecutor<'_>,
    ids: &[uuid::Uuid],
    uploader: UserId,
) -> sqlx::Result<Vec<AttachmentId>> {
    sqlx::query_scalar!(
        "select id from attachments where id = any($1) and uploader_id = $2 and ticket_id is not null",
        ids,
        uploader.0,
    )
    .fetch_all(db)
    .await
}

/// Gives up the uploads of a message, which hang on nothing from here on.
///
/// # Errors
/// The database failed.
pub(super) async fn give_up_of_message(
    db: impl PgExecutor<'_>,
    message: MessageId,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update attachments set given_up = true, ticket_id = null, message_id = null where message_id = $1",
        message.0,
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Gives up uploads that came before an instant and hang on nothing, oldest first: from here on
/// nobody can have them. Those that were given up and are still there are among them, also younger
/// ones if their bytes have arrived: bytes that are still on their way would come after the deletion.
///
/// # Errors
/// The database failed.
pub(super) async fn give_up(
    pool: &PgPool,
    before: DateTime<Utc>,
    past: Option<uuid::Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<AttachmentId>> {
    sqlx::query_scalar!(
        "update attachments set given_up = true where id in (
             select id from attachments
             where ticket_id is null and (created_at <= $1 or (given_up and stored_at is not null))
                 and ($2::uuid is null or id > $2)
             order by id limit $3 for update skip locked)
         returning id",
        before,
        past,
        limit,
    )
    .fetch_all(pool)
    .await
}

/// Forgets uploads that were given up.
///
/// # Errors
/// The database failed.
pub(super) async fn delete(pool: &PgPool, ids: &[uuid::Uuid]) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from attachments where id = any($1) and given_up",
        ids
    )
    .execute(pool)
    .await
    .map(|_| ())
}
