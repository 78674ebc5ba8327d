//! Storage of uploads: a folder and a bucket keep the same promises.

use super::{
    has, kept, message, path, picture,
    s3_server::{ACCESS_KEY, REGION, S3Server, SECRET_KEY},
    ticket, uploads,
};
use crate::harness::{App, Database, TICKETS, config};
use actions::job_list::Job;
use chrono::TimeDelta;
use domain::ids::AttachmentId;
use futures_util::TryStreamExt;
use platform::files::{Files, FilesError};

/// The settings of a bucket.
fn in_bucket<'a>(server: &'a S3Server, secret: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("ATTACHMENTS_URL", "s3://files/of/support"),
        ("ATTACHMENTS_S3_ENDPOINT", server.url()),
        ("ATTACHMENTS_S3_REGION", REGION),
        ("ATTACHMENTS_S3_ACCESS_KEY", ACCESS_KEY),
        ("ATTACHMENTS_S3_SECRET_KEY", secret),
    ]
}

fn id(number: u128) -> AttachmentId {
    AttachmentId(uuid::Uuid::from_u128(number))
}

async fn read(files: &Files, id: AttachmentId) -> Result<Vec<u8>, FilesError> {
    let pieces: Vec<_> = files.get(id).await?.try_collect().await?;
    Ok(pieces.concat())
}

/// What a store promises.
async fn keeps_what_it_is_given(files: &Files) {
    let large: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).collect();
    for (id, bytes) in [
        (id(1), b"small".to_vec()),
        (id(2), large),
        (id(3), Vec::new()),
    ] {
        files.put(id, bytes.clone()).await.unwrap();
        assert_eq!(read(files, id).await.unwrap(), bytes);
    }
    files.delete(id(1)).await.unwrap();
    assert!(matches!(read(files, id(1)).await, Err(FilesError::Gone(_))));
    assert_eq!(read(files, id(2)).await.unwrap().len(), 12_000_000);
    // Twice is as good as once, also for what was never there.
    files.delete(id(1)).await.unwrap();
    files.delete(id(9)).await.unwrap();
}

#[tokio::test]
async fn a_folder_keeps_what_it_is_given() {
    let app = App::new().await;
    keeps_what_it_is_given(&Files::new(&app.cx.config.attachments)).await;
    assert_eq!(kept(&app).await, (2, 0));
}

#[tokio::test]
async fn a_bucket_keeps_what_it_is_given_and_every_call_is_signed() {
    let (server, database) = (S3Server::start().await, Database::new().await);
    let folder = std::env::temp_dir().join(&database.name);
    let config = config(&database, &folder, &in_bucket(&server, SECRET_KEY));
    keeps_what_it_is_given(&Files::new(&config.attachments)).await;
    let paths = server.paths();
    assert_eq!(paths.len(), 2);
    assert!(
        paths
            .iter()
            .all(|path| path.starts_with("/files/of/support/")),
        "{paths:?}"
    );
    assert_eq!(server.refused(), 0);
    let guessed = crate::harness::config(&database, &folder, &in_bucket(&server, "guessed"));
    let files = Files::new(&guessed.attachments);
    assert!(matches!(
        files.put(id(4), b"x".to_vec()).await,
        Err(FilesError::Failed(..))
    ));
    assert!(matches!(
        read(&files, id(2)).await,
        Err(FilesError::Failed(..))
    ));
    assert_eq!(server.refused(), 2);
}

#[tokio::test]
async fn uploads_go_through_a_bucket_from_their_arrival_to_their_end() {
    let server = S3Server::start().await;
    let app = App::with(&in_bucket(&server, SECRET_KEY)).await;
    let (ann, zoe) = (app.customer("Ann").await, app.customer("Zoe").await);
    let (attached, forgotten) = (picture(&ann).await, picture(&ann).await);
    ann.post(TICKETS, ticket(&[&attached])).await.created();
    assert!(has(&ann, &attached).await);
    assert!(!has(&zoe, &attached).await);
    assert_eq!(server.paths().len(), 2);
    app.advance(TimeDelta::hours(24));
    app.run(&Job::Prune).await;
    assert_eq!(server.paths().len(), 1);
    assert!(has(&ann, &attached).await);
    assert!(!has(&ann, &forgotten).await);
    assert_eq!(server.refused(), 0);
}

#[tokio::test]
async fn while_the_store_is_away_nothing_half_done_is_seen() {
    let server = S3Server::start().await;
    let app = App::with(&in_bucket(&server, SECRET_KEY)).await;
    let ann = app.customer("Ann").await;
    let before = picture(&ann).await;
    server.is_away(true);
    let refused = uploads(&ann, "photo.png", super::PNG).await;
    assert_eq!(refused.refused(503), "unavailable");
    assert_eq!(refused.headers["retry-after"], "5");
    assert_eq!(ann.get(&path(&before)).await.refused(503), "unavailable");
    let waiting = "select count(*) from attachments where not given_up";
    assert_eq!(app.count(waiting).await, 1);
    let half_done = "select id::text from attachments where stored_at is null";
    let half_done: String = sqlx::query_scalar(half_done)
        .fetch_one(&app.cx.pool)
        .await
        .unwrap();
    server.is_away(false);
    assert!(!has(&ann, &half_done).await);
    // Tickets need no store.
    server.is_away(true);
    let ticket = ann.post(TICKETS, ticket(&[&before])).await;
    let id = ticket.created()["ticket"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let messages = format!("{TICKETS}/{id}/messages");
    let refused = ann.post(&messages, message(&[&half_done], false)).await;
    assert_eq!(refused.refused(422), "invalid_fields");
    server.is_away(false);
    assert!(has(&ann, &before).await);
}
