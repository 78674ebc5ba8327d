//! Uploads that nobody attaches, and those that a process left half done, are deleted.

use super::{PNG, files, has, kept, message, path, picture, ticket};
use crate::harness::{App, Caller, TICKETS};
use actions::job_list::Job;
use chrono::TimeDelta;
use domain::{actor::Actor, attachments::NewUpload, ids::AttachmentId, people::Role};
use platform::files::Files;

fn actor(caller: &Caller) -> Actor {
    Actor {
        id: caller.id().parse().unwrap(),
        role: Role::Customer,
    }
}

/// The bytes are kept, and then the process dies.
async fn half_done(app: &App, caller: &Caller) -> AttachmentId {
    let new = NewUpload {
        file_name: "photo.png".to_owned(),
        content_type: "image/png",
        size: PNG.len().try_into().unwrap(),
    };
    let store = Files::new(&app.cx.config.attachments);
    actions::attachments::keep(&app.cx, &store, &actor(caller), &new, PNG.to_vec())
        .await
        .unwrap()
}

#[tokio::test]
async fn after_a_day_what_was_never_attached_is_deleted_and_nothing_else() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let (forgotten, attached) = (picture(&ann).await, picture(&ann).await);
    ann.post(TICKETS, ticket(&[&attached])).await.created();
    app.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    let late = picture(&ann).await;
    app.run(&Job::Prune).await;
    assert_eq!(kept(&app).await, (3, 3));
    app.advance(TimeDelta::seconds(1));
    for _ in 0..2 {
        app.run(&Job::Prune).await;
        assert_eq!(kept(&app).await, (2, 2));
    }
    assert!(!has(&ann, &forgotten).await);
    assert!(has(&ann, &attached).await && has(&ann, &late).await);
    app.advance(TimeDelta::days(30));
    app.run(&Job::Prune).await;
    assert_eq!(kept(&app).await, (1, 1));
    assert!(has(&ann, &attached).await);
}

#[tokio::test]
async fn a_process_that_dies_between_bytes_and_answer_leaves_nothing_that_is_seen_or_stays() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let id = half_done(&app, &ann).await.to_string();
    assert_eq!(kept(&app).await, (1, 1));
    assert!(!has(&ann, &id).await);
    let refused = ann.post(TICKETS, ticket(&[&id])).await;
    assert_eq!(refused.refused(422), "invalid_fields");
    app.advance(TimeDelta::hours(24));
    app.run(&Job::Prune).await;
    assert_eq!(kept(&app).await, (0, 0));
}

#[tokio::test]
async fn a_sweep_that_dies_on_its_way_is_finished_by_the_next() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let (with_bytes, without) = (picture(&ann).await, picture(&ann).await);
    for id in [&with_bytes, &without] {
        app.sql(
            "update attachments set given_up = true where id = $1::uuid",
            id,
        )
        .await;
    }
    let store = Files::new(&app.cx.config.attachments);
    store.delete(without.parse().unwrap()).await.unwrap();
    for id in [&with_bytes, &without] {
        assert!(!has(&ann, id).await);
        let refused = ann.post(TICKETS, ticket(&[id])).await;
        assert_eq!(refused.refused(422), "invalid_fields");
    }
    app.advance(TimeDelta::hours(24));
    app.run(&Job::Prune).await;
    assert_eq!(kept(&app).await, (0, 0));
}

#[tokio::test]
async fn bytes_that_somebody_else_deleted_are_our_failure_and_tell_nothing() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let id = picture(&ann).await;
    std::fs::remove_dir_all(app.folder().join("attachments")).unwrap();
    assert_eq!(files(app.folder()), 0);
    let failed = ann.get(&path(&id)).await;
    assert_eq!(failed.refused(500), "internal_error");
    assert!(!failed.body.to_string().contains("attachments/"));
}

#[tokio::test]
async fn many_that_nobody_attached_go_in_one_sweep() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    app.sql(
        "insert into attachments (id, uploader_id, file_name, content_type, size, created_at, stored_at)
         select gen_random_uuid(), $1::uuid, 'a.png', 'image/png', 1, '2025-10-01T08:00:00Z', '2025-10-01T08:00:00Z'
         from generate_series(1, 1000)",
        &ann.id(),
    )
    .await;
    let id = ann.opens(ticket(&[])).await;
    app.advance(TimeDelta::hours(24));
    app.run(&Job::Prune).await;
    assert_eq!(kept(&app).await, (0, 0));
    let photo = picture(&ann).await;
    let messages = format!("{TICKETS}/{id}/messages");
    ann.post(&messages, message(&[&photo], false))
        .await
        .created();
}

#[tokio::test]
async fn bytes_that_cannot_be_deleted_keep_their_row_and_nobody_else_s() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    let (stuck, other) = (picture(&ann).await, picture(&ann).await);
    // A folder in the file's place: what deletes files does not delete it.
    let name = stuck.replace('-', "");
    let object = app
        .folder()
        .join("attachments")
        .join(&name[30..])
        .join(&name);
    std::fs::remove_file(&object).unwrap();
    std::fs::create_dir(&object).unwrap();
    app.advance(TimeDelta::hours(24));
    let store = Files::new(&app.cx.config.attachments);
    for _ in 0..2 {
        assert!(actions::attachments::prune(&app.cx, &store).await.is_err());
        let left: Vec<String> = sqlx::query_scalar("select id::text from attachments")
            .fetch_all(&app.cx.pool)
            .await
            .unwrap();
        assert_eq!(left, [stuck.as_str()]);
    }
    assert!(!has(&ann, &other).await && !has(&ann, &stuck).await);
    std::fs::remove_dir(&object).unwrap();
    app.run(&Job::Prune).await;
    assert_eq!(kept(&app).await, (0, 0));
}

#[tokio::test]
async fn uploads_that_broke_off_while_they_arrived_do_not_lock_anybody_out() {
    let app = App::new().await;
    let ann = app.customer("Ann").await;
    app.sql(
        "insert into attachments (id, uploader_id, file_name, content_type, size, created_at)
         select gen_random_uuid(), $1::uuid, 'a.png', 'image/png', 1, '2025-10-01T08:00:00Z'
         from generate_series(1, 1000)",
        &ann.id(),
    )
    .await;
    app.advance(TimeDelta::minutes(16));
    picture(&ann).await;
}
