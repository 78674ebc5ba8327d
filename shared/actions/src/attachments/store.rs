//! The SQL of uploads. No decisions. The column `given_up` marks a deleted upload whose bytes may still exist.

use chrono::{DateTime, Utc};
use domain::attachments::{NewUpload, Place, Upload};
use domain::{
    ids::{AttachmentId, MessageId, UserId},
    tickets::Visibility,
};
use sqlx::{PgExecutor, PgPool};

/// Inserts an upload whose bytes are not stored yet.
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

/// Marks an upload as deleted whose bytes could not be stored.
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

/// Marks the bytes of an upload as stored; `None` when it is deleted, or was marked before.
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

/// The number of uploads of a person that are attached to nothing. Uploads that are not announced yet count if
/// they arrived after `arriving_since`.
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

/// An upload and the visibility of its message; public where it belongs to no message.
pub(crate) struct FoundUpload {
    pub upload: Upload,
    pub visibility: Visibility,
}

/// A stored upload that is not deleted; `None` when there is none.
///
/// # Errors
/// The database failed.
pub(crate) async fn find(
    db: impl PgExecutor<'_>,
    id: AttachmentId,
) -> sqlx::Result<Option<FoundUpload>> {
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
        FoundUpload { upload, visibility }
    }))
}

/// Attaches those of these uploads that are the uploader's and attached to nothing; the result has them in no
/// order. A concurrent transaction that wants one of them waits, and then finds it attached.
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

/// The uploads of this person among `ids` that are attached already.
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

/// Detaches the uploads of a message and marks them as deleted.
///
/// # Errors
/// The database failed.
pub(super) async fn mark_deleted_with_message(
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

/// Marks at most `limit` uploads as deleted, oldest first, whose id is above `after`: those that arrived at or
/// before `before` and are attached to nothing, and those that are marked already. A younger marked upload is
/// returned only if its bytes are stored, since bytes that still arrive would be stored after the deletion.
///
/// # Errors
/// The database failed.
pub(super) async fn mark_deleted(
    pool: &PgPool,
    before: DateTime<Utc>,
    after: Option<uuid::Uuid>,
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
        after,
        limit,
    )
    .fetch_all(pool)
    .await
}

/// Deletes the rows of uploads that are marked as deleted.
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
