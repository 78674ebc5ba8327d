//! A person subscribes a device, or ends a subscription.

use super::store::subscriptions as store;
use crate::error::ActionError;
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    ids::{PushSubscriptionId, SessionId, UserId},
    push::{NewPushSubscription, PushKind},
};
use platform::work::UnitOfWork;
use sha2::{Digest, Sha256};

/// The most devices of a person.
pub const MOST_DEVICES: i64 = 10;

/// A person with a login.
#[derive(Debug, Clone, Copy)]
pub struct Subscriber {
    /// The person.
    pub actor: Actor,
    /// The login; `None` for a person of an external issuer.
    pub session: Option<SessionId>,
}

/// A device of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its id.
    pub id: PushSubscriptionId,
    /// The person.
    pub user: UserId,
    /// The login that registered it last.
    pub session: Option<SessionId>,
    /// How it is reached.
    pub kind: PushKind,
    /// The address or the token.
    pub address: String,
    /// What the device calls itself.
    pub user_agent: String,
    /// When it was registered first.
    pub created_at: DateTime<Utc>,
    /// When it was registered last.
    pub last_used_at: DateTime<Utc>,
}

/// Subscribes a device, or renews its subscription. The last person who registers a device owns it. With too many
/// devices, the one that was not registered for the longest time goes.
///
/// # Errors
/// [`ActionError::Unauthenticated`] when the account was closed or the login ended meanwhile; [`ActionError::Conflict`] for
/// an app where Firebase is not configured; the database failed.
pub async fn subscribe(
    work: &mut UnitOfWork<'_>,
    subscriber: Subscriber,
    new: &NewPushSubscription,
    user_agent: &str,
) -> Result<Subscription, ActionError> {
    let NewPushSubscription(address) = new;
    if address.kind() == PushKind::Fcm && work.cx.config.push.fcm.is_none() {
        return Err(ActionError::conflict(
            "fcm_not_configured",
            "Apps get no push messages here, since Firebase Cloud Messaging is not configured.",
        ));
    }
    let Subscriber { actor, session } = subscriber;
    // The account first, then the login, as everywhere. The lock also counts the devices of a person one after the other.
    if !store::hold_account(&mut *work.tx, actor.id).await? {
        return Err(ActionError::Unauthenticated("token_revoked"));
    }
    if let Some(session) = session
        && !store::hold_session(&mut *work.tx, session).await?
    {
        return Err(ActionError::Unauthenticated("token_revoked"));
    }
    let now = work.now();
    let id = PushSubscriptionId(work.cx.ids.uuid(now));
    let hash = Sha256::digest(address.text().as_bytes());
    let row = store::Row {
        id,
        hash: &hash,
        address,
        user_agent,
        now,
    };
    let saved = store::save(&mut *work.tx, actor.id, session, row).await?;
    store::keep_newest(&mut *work.tx, actor.id, MOST_DEVICES).await?;
    Ok(saved)
}

/// Ends a subscription of the person.
///
/// # Errors
/// [`ActionError::NotFound`] when the person has no such subscription; the database failed.
pub async fn unsubscribe(
    work: &mut UnitOfWork<'_>,
    actor: &Actor,
    id: PushSubscriptionId,
) -> Result<(), ActionError> {
    if store::delete_own(&mut *work.tx, actor.id, id).await? {
        Ok(())
    } else {
        Err(ActionError::NotFound("subscription"))
    }
}
