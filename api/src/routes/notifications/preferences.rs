//! `GET`, `PUT /notifications/preferences`: what the caller is told on which channel, and when not.

use crate::{
    error::Problem,
    idempotency::Write,
    openapi::{Access, Operation},
    respond::Answer,
    signed_in::SignedIn,
    views::notification::PreferencesView,
};
use actions::notifications::preferences;
use axum::{extract::State, response::Response};
use domain::{notifications::PreferencesChange, people::Role, reader::ObjectReader};
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

/// Shows the preferences of the caller.
///
/// # Errors
/// 401.
pub async fn get(
    SignedIn { actor, .. }: SignedIn,
    State(cx): State<Context>,
) -> Result<Answer, Problem> {
    let mut db = cx.snapshot().await?;
    let preferences = preferences::find(&mut db, &actor).await?;
    Ok(Answer::of(
        "preferences",
        PreferencesView::from(&preferences),
    ))
}

/// Changes the preferences of the caller: `{settings?, quietHours?}`; what is absent stays.
///
/// # Errors
/// 400, 401, 422.
pub async fn put(
    SignedIn { actor, .. }: SignedIn,
    State(cx): State<Context>,
    put: Write,
) -> Result<Response, Problem> {
    put.once(&cx, actor, move |work, payload| {
        async move {
            let change = payload.read(|body| Some(PreferencesChange::read(body, actor.role)))?;
            let changed = preferences::change(work, &actor, change).await?;
            Ok(Answer::of("preferences", PreferencesView::from(&changed)))
        }
        .boxed()
    })
    .await
}

#[expect(clippy::unnecessary_wraps, reason = "all readers have one shape")]
fn body(body: &mut ObjectReader) -> Option<PreferencesChange> {
    Some(PreferencesChange::read(body, Role::Support))
}

pub(crate) fn get_operation() -> Operation {
    Operation::new(
        "getNotificationPreferences",
        Access::SignedIn,
        "Show what you are told, and when",
    )
    .description(
        "`settings` has an entry for each kind of notification that you may get, and each channel that it goes by. Every \
         notification about a ticket that you see is shown in the app as well. Mails about your account itself cannot be refused.",
    )
    .answers::<PreferencesView>("preferences")
}

pub(crate) fn put_operation() -> Operation {
    Operation::new(
        "setNotificationPreferences",
        Access::SignedIn,
        "Choose what you are told, and when",
    )
    .description(
        "Settings that are not named stay as they are. In the quiet hours, which are in your time zone, nothing is sent but \
         what is about urgent tickets: mails and push messages wait until the quiet hours end, and text messages are left \
         out.",
    )
    .body(
        body,
        json!({
            "settings": [{"kind": "work_assigned", "channel": "email", "enabled": false}],
            "quietHours": [{"day": "mon", "start": "22:00", "end": "07:00"}],
        }),
    )
    .answers::<PreferencesView>("preferences")
}
