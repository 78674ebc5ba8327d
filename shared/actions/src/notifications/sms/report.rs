//! Takes the delivery reports of providers. They are authentic; still they say nothing of a message that was not sent, and
//! a report that brings nothing new changes nothing.

use super::store::{self, Found};
use crate::{
    job_list::Parcel,
    notifications::{
        digest,
        undeliverable::{self, Refusal},
    },
};
use chrono::TimeDelta;
use domain::{
    notifications::NotificationStatus,
    sms::{DeliveryReport, NumberFault, Reported, SmsProvider},
};
use platform::work::UnitOfWork;
use uuid::Uuid;

/// The error of a notification whose message did not arrive.
pub(super) const NOT_DELIVERED: &str = "the network did not deliver the text message";
/// How long after its first attempt a message without an id may be what a report is about.
const UNNAMED_FOR: TimeDelta = TimeDelta::hours(24);

/// What a report is about.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// The message with this id of ours, by Twilio's id.
    Twilio {
        /// Our id: that of the notification or the digest.
        id: Uuid,
        /// Twilio's id.
        sid: &'a str,
    },
    /// The message that Africa's Talking gave this id. Where its response was lost, or is not recorded yet, nobody knows
    /// the id: then it is the only message without one to that number.
    AfricasTalking {
        /// The id.
        id: &'a str,
        /// The number.
        number: &'a str,
    },
}

/// Stores a report, and settles what the message told by it. Returns that if the report brought something new.
///
/// # Errors
/// A failure of the database.
pub async fn report(
    work: &mut UnitOfWork<'_>,
    subject: Subject<'_>,
    reported: &Reported,
) -> sqlx::Result<Option<Parcel>> {
    let (found, id) = match subject {
        Subject::Twilio { id, sid } => (store::of_id(work, id).await?, sid),
        Subject::AfricasTalking { id, number } => (by_id_or_number(work, id, number).await?, id),
    };
    let Some(found) = found.filter(|found| is_about(found, subject, id)) else {
        return Ok(None);
    };
    if !reported.report.follows(found.report) {
        return Ok(None);
    }
    store::set_report(work, found.id, id, reported).await?;
    let status = reported.report.settles(found.status);
    let parcel = found.parcel();
    if status != found.status {
        let reason = reported.reason.as_ref();
        let error = reason.map_or_else(
            || NOT_DELIVERED.to_owned(),
            |reason| format!("{NOT_DELIVERED}: {reason}"),
        );
        let error = (status == NotificationStatus::Failed).then_some(error.as_str());
        match parcel {
            Parcel::Notification(id) => store::settle(work, id, status, error).await?,
            Parcel::Digest(id) => digest::settle(work, id, status, error).await?,
        }
    }
    let refusal = match reported.fault {
        NumberFault::Permanent => Some(Refusal::OfTheAddress),
        NumberFault::Possible => Some(Refusal::PerhapsOfTheAddress),
        NumberFault::None => None,
    };
    if reported.report == DeliveryReport::Delivered {
        undeliverable::number_reached(work, &found.number).await?;
    }
    if let Some(refusal) = refusal {
        // The number that the message went to: the account may have been corrected since.
        undeliverable::number_refused(work, &found.number, refusal).await?;
    }
    Ok(Some(parcel))
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

/// Whether the found message is the provider's, and not another one that told the same.
fn is_about(found: &Found, subject: Subject<'_>, id: &str) -> bool {
    let provider = match subject {
        Subject::Twilio { .. } => SmsProvider::Twilio,
        Subject::AfricasTalking { .. } => SmsProvider::AfricasTalking,
    };
    found.provider == provider && found.provider_id.as_deref().is_none_or(|known| known == id)
}
