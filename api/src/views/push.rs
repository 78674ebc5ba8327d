//! Devices for push messages in responses. Their addresses and keys are shown to nobody: an address is enough to
//! write to the device.

use crate::respond::Time;
use actions::push::Subscription;
use domain::{
    ids::{PushSubscriptionId, SessionId},
    push::PushKind,
};
use schemars::JsonSchema;
use serde::Serialize;

/// A device on which a person gets push messages.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PushSubscription")]
pub struct PushSubscriptionView<'a> {
    /// The id of the subscription.
    id: PushSubscriptionId,
    /// How the device is reached.
    kind: PushKind,
    /// The host of the push service of a browser. It is null for an app.
    service: Option<&'a str>,
    /// What the device called itself. It may be empty.
    user_agent: &'a str,
    /// Whether the login of this request subscribed the device.
    current: bool,
    /// When the device was subscribed.
    created_at: Time,
    /// When the device last renewed its subscription.
    last_used_at: Time,
}

impl<'a> PushSubscriptionView<'a> {
    /// A device as its owner sees it, in a session.
    #[must_use]
    pub fn of(device: &'a Subscription, session: Option<SessionId>) -> Self {
        let service = match device.kind {
            PushKind::WebPush => host(&device.address),
            PushKind::Fcm => None,
        };
        Self {
            id: device.id,
            kind: device.kind,
            service,
            user_agent: &device.user_agent,
            current: session.is_some() && device.session == session,
            created_at: Time(device.created_at),
            last_used_at: Time(device.last_used_at),
        }
    }
}

/// The host of a URL that was checked when it was written.
fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.split(['/', '?', '#']).next()
}
