//! Begins a text message: counts it under the caps, and makes its row.

use super::store;
use crate::{job_list::Parcel, notifications::undeliverable};
use chrono::TimeDelta;
use domain::{
    actor::Initiator, channel::Channel, ids::UserId, people::PhoneNumber, sms::SmsProvider,
};
use platform::context::Context;
use std::num::NonZeroU32;

/// The window of the cap for a number.
const WINDOW: TimeDelta = TimeDelta::hours(1);

/// The most messages; `None`: no limit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Caps {
    /// To one number in any hour.
    pub per_number_per_hour: Option<NonZeroU32>,
    /// To all numbers on one day (UTC).
    pub per_day: Option<NonZeroU32>,
}

/// A message that is about to be sent.
#[derive(Debug)]
pub struct Begun<'a> {
    /// What it tells.
    pub parcel: Parcel,
    /// The recipient.
    pub person: UserId,
    /// The provider.
    pub provider: SmsProvider,
    /// The telephone.
    pub number: &'a PhoneNumber,
    /// The segments of the text.
    pub segments: usize,
}

/// Whether a message may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It may be sent.
    Admitted,
    /// The provider refuses the number.
    Undeliverable,
    /// The number got as many messages as it may in an hour.
    NumberFull,
    /// As many messages were sent today as may be.
    DayFull,
}

/// Makes the row of a message if its number and the caps admit it. A further attempt is not counted again.
///
/// # Errors
/// A failure of the database.
pub async fn begin(cx: &Context, message: &Begun<'_>, caps: Caps) -> sqlx::Result<Admission> {
    let mut work = cx.begin(Initiator::System).await?;
    let (number, now) = (message.number.as_str(), work.now());
    if undeliverable::is_undeliverable(&mut *work.tx, Channel::Sms, message.person, now).await? {
        return Ok(Admission::Undeliverable);
    }
    if store::exists(&mut work, message.parcel).await? {
        return Ok(Admission::Admitted);
    }
    let day = now.date_naive();
    if !store::count(&mut work, day, caps.per_day).await? {
        return Ok(Admission::DayFull);
    }
    // The row of the day is locked now: what is counted next does not change.
    if let Some(most) = caps.per_number_per_hour {
        let since = now - WINDOW;
        if store::sent_since(&mut work, number, since).await? >= i64::from(most.get()) {
            return Ok(Admission::NumberFull);
        }
    }
    store::insert(&mut work, message).await?;
    work.commit().await?;
    Ok(Admission::Admitted)
}
