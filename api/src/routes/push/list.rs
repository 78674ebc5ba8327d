//! `GET /notifications/push`: what a browser needs to subscribe, and the devices of the caller.

use super::EXAMPLE_KEY;
use crate::{
    error::Problem,
    openapi::{Access, Operation, Resource},
    respond::Answer,
    signed_in::SignedIn,
    unknown_parameters::UnknownParameters,
    views::push::PushSubscriptionView,
};
use actions::push::{MOST_DEVICES, of_person, vapid_keys};
use axum::extract::State;
use platform::context::Context;

/// Shows the public key, and the devices of the caller, those that were registered last first.
///
/// # Errors
/// 401; 422 for an unknown query parameter.
pub async fn list(
    caller: SignedIn,
    State(cx): State<Context>,
    unknown: UnknownParameters,
) -> Result<Answer, Problem> {
    // Before the key is made.
    unknown.refuse()?;
    let keys = vapid_keys(&cx).await?;
    let devices = of_person(&cx.pool, caller.actor.id, MOST_DEVICES).await?;
    let views = devices
        .iter()
        .map(|device| PushSubscriptionView::of(device, caller.session));
    let views: Vec<_> = views.collect();
    let answer = Answer::of("subscriptions", views);
    Ok(answer.with("publicKey", keys.public_key()))
}

pub(crate) fn operation() -> Operation {
    Operation::new("listPushSubscriptions", Access::SignedIn, "List your devices for push messages")
        .description(
            "`publicKey` is the `applicationServerKey` with which a browser subscribes. It stays the same for ever. The \
             devices that were registered last come first. There are 10 at most.",
        )
        .answers::<Vec<PushSubscriptionView>>("subscriptions")
        .answers_like("publicKey", &EXAMPLE_KEY)
        .leads_to("subscriptions/0/id", Resource::PushSubscription)
}
