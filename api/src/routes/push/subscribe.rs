//! `POST /notifications/push/subscriptions`: subscribes a device.

use crate::{
    error::Problem,
    idempotency::Write,
    openapi::{Access, Operation, Resource},
    respond::Answer,
    signed_in::SignedIn,
    views::push::PushSubscriptionView,
};
use actions::push::{Subscriber, is_point, subscribe};
use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::Response,
};
use domain::push::{NewPushSubscription, PushChecks};
use futures_util::FutureExt;
use platform::{context::Context, outbound::Destination};
use serde_json::json;

/// The most characters of what a device calls itself.
const LONGEST_NAME: usize = 200;

/// Subscribes a device: `{endpoint, keys: {p256dh, auth}}` or `{token}`.
///
/// # Errors
/// 401, 409 for an app where Firebase is not configured, 422.
pub async fn post(
    caller: SignedIn,
    State(cx): State<Context>,
    headers: HeaderMap,
    post: Write,
) -> Result<Response, Problem> {
    let name = name(&headers);
    post.once(&cx, caller.actor, move |work, payload| {
        async move {
            let allowed = &work.cx.config.push.allowed;
            let checks = PushChecks {
                url: &|url| {
                    let parsed = Destination::parse(url, allowed);
                    parsed.map(drop).map_err(|unfit| unfit.to_string())
                },
                point: &is_point,
            };
            let new = payload.read(|body| NewPushSubscription::read(body, checks))?;
            let subscriber = Subscriber {
                actor: caller.actor,
                session: caller.session,
            };
            let device = subscribe(work, subscriber, &new, &name).await?;
            let location = format!("/api/v1/notifications/push/subscriptions/{}", device.id);
            let view = PushSubscriptionView::of(&device, caller.session);
            Ok(Answer::of("subscription", view).created(&location))
        }
        .boxed()
    })
    .await
}

/// What the device calls itself; empty if it does not say.
fn name(headers: &HeaderMap) -> String {
    let name = headers.get(header::USER_AGENT);
    let name = name
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    name.chars().take(LONGEST_NAME).collect()
}

pub(crate) fn operation() -> Operation {
    let checks = PushChecks {
        url: &|_| Ok(()),
        point: &|_| true,
    };
    Operation::new("subscribeToPush", Access::SignedIn, "Subscribe a device to push messages")
        .description(
            "A browser sends what `PushSubscription.toJSON()` returns, an app its registration token. Send it again at each \
             start: the subscription is renewed, with the same id. A device belongs to the last person who subscribed it. \
             The subscription ends with the login that made it. Of more than 10 devices, the one that was not renewed for \
             the longest time goes. The push service gets messages that only the browser can decrypt.",
        )
        .body(
            move |body| NewPushSubscription::read(body, checks),
            json!({
                "endpoint": "https://push.example.com/send/dGhlIGJyb3dzZXI",
                "keys": {
                    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
                    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
                },
            }),
        )
        .creates()
        .conflicts(&["fcm_not_configured"])
        .answers::<PushSubscriptionView>("subscription")
        .leads_to("subscription/id", Resource::PushSubscription)
}
