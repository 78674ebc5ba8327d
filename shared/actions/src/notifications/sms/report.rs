//! Takes the delivery reports of providers. They are authentic; still they say nothing of a message that was not sent, and
//! a report that brings nothing new changes nothing.

use super::store::{self, Found};
use crate::notifications::undeliverable;
use chrono::TimeDelta;
use domain::{
    channel::Channel,
    ids::NotificationId,
    sms::{NumberFault, Reported, SmsProvider},
};
use platform::work::UnitOfWork;

/// The error of a notification whose message did not arrive.
pub(super) const NOT_DELIVERED: &str = "the network did not deliver the text message";
/// How long after its first attempt a message without an id may be what a report is about.
const UNNAMED_FOR: TimeDelta = TimeDelta::hours(24);

/// What a report is about.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// The message of a notification, by Twilio's id.
    Twilio {
        /// The notification.
        notification: NotificationId,
        /// The id.
        sid: &'a str,
    },
    /// The message that Africa's Talking gave this id. Where its response was lost nobody knows the id: then it is the
    /// only unknown message to that number.
    AfricasTalking {
        /// The id.
        id: &'a str,
        /// The number.
        number: &'a str,
    },
}

/// Stores a report, and settles the notification by it. Returns the notification if the report brought something new.
///
/// # Errors
/// A failure of the database.
pub async fn report(
    work: &mut UnitOfWork<'_>,
    subject: Subject<'_>,
    reported: &Reported,
) -> sqlx::Result<Option<NotificationId>> {
    let (found, id) = match subject {
        Subject::Twilio { notification, sid } => {
            (store::of_notification(work, notification).await?, sid)
        }
        Subject::AfricasTalking { id, number } => (by_id_or_number(work, id, number).await?, id),
    };
    let Some(found) = found.filter(|found| is_about(found, subject, id)) else {
        return Ok(None);
    };
    if !reported.report.follows(found.report) {
        return Ok(None);
    }
    store::set_report(work, found.notification, id, reported).await?;
    let status = reported.report.settles(found.status);
    if status != found.status {
        let error = reported.reason.as_ref().map_or_else(
            || NOT_DELIVERED.to_owned(),
            |reason| format!("{NOT_DELIVERED}: {reason}"),
        );
        store::settle(work, found.notification, status, &error).await?;
    }
    match reported.fault {
        NumberFault::Permanent => {
            undeliverable::refuse(work, Channel::Sms, &found.number).await?;
        }
        NumberFault::None => {}
    }
    Ok(Some(found.notification))
}

async fn by_id_or_number(
    work: &mut UnitOfWork<'_>,
    id: &str,
    number: &str,
) -> sqlx::Result<Option<Found>> {
    let provider = SmsProvider::AfricasTalking;
    if let Some(found) = store::of_provider_id(work, provider, id).await? {
        return Ok(Some(found));
    }
    let since = work.now() - UNNAMED_FOR;
    let mut unnamed = store::unnamed_to(work, provider, number, since).await?;
    // Of two nobody can tell which it is.
    Ok(if unnamed.len() == 1 {
        unnamed.pop()
    } else {
        None
    })
}

/// Whether the found message is the provider's, and no other message of the same notification.
fn is_about(found: &Found, subject: Subject<'_>, id: &str) -> bool {
    let provider = match subject {
        Subject::Twilio { .. } => SmsProvider::Twilio,
        Subject::AfricasTalking { .. } => SmsProvider::AfricasTalking,
    };
    found.provider == provider && found.provider_id.as_deref().is_none_or(|known| known == id)
}
