//! A trial of the channels: the person whom a test message goes to. Nothing is planned or recorded.

mod store;

use crate::push::MOST_DEVICES;
use domain::{notifications::content::Recipient, push::DeviceAddress};
use sqlx::PgPool;

/// A person who gets a test message.
#[derive(Debug)]
pub struct TrialPerson {
    /// The account.
    pub recipient: Recipient,
    /// The devices that the person subscribed.
    pub devices: Vec<DeviceAddress>,
}

/// The person with an e-mail address; `None` if there is no such account.
///
/// # Errors
/// The database failed.
pub async fn person(pool: &PgPool, email: &str) -> sqlx::Result<Option<TrialPerson>> {
    let Some(recipient) = store::recipient(pool, email).await? else {
        return Ok(None);
    };
    let devices = crate::push::addresses(pool, recipient.id, MOST_DEVICES).await?;
    Ok(Some(TrialPerson { recipient, devices }))
}
