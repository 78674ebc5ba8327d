//! Delivers notifications to the telephone of the account.

use super::{Delivered, DeliveryChannel, DeliveryError, NotificationContent};
use chrono::{DateTime, Utc};
use futures_util::{
    FutureExt,
    future::{BoxFuture, ready},
};
use platform::context::Context;

/// The channel of text messages.
#[derive(Debug)]
pub struct Sms;

impl DeliveryChannel for Sms {
    fn admits<'d>(
        &'d self,
        _: &'d Context,
        _: &'d NotificationContent,
    ) -> BoxFuture<'d, sqlx::Result<bool>> {
        ready(Ok(false)).boxed()
    }

    fn send<'d>(
        &'d self,
        _: &'d NotificationContent,
        _: DateTime<Utc>,
    ) -> BoxFuture<'d, Result<Delivered, DeliveryError>> {
        ready(Ok(Delivered::NothingToTell)).boxed()
    }
}
