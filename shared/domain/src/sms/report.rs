//! Delivery reports of providers. They come late, twice and out of order, and from some networks never: a report only
//! moves forward, and a final one stays. Pure.

use crate::{notifications::NotificationStatus, text_enum};

text_enum! {
    /// What a provider reports of a message.
    pub enum DeliveryReport {
        /// The provider or the network has it.
        OnItsWay = "on_its_way",
        /// The telephone has it.
        Delivered = "delivered",
        /// It will not be delivered.
        Failed = "failed",
    }
}

impl DeliveryReport {
    /// Whether the report says more than the one before.
    #[must_use]
    pub const fn follows(self, before: Option<Self>) -> bool {
        match (before, self) {
            (None, _) | (Some(Self::OnItsWay), Self::Delivered | Self::Failed) => true,
            (Some(Self::OnItsWay), Self::OnItsWay) | (Some(Self::Delivered | Self::Failed), _) => {
                false
            }
        }
    }

    /// The status of a notification after the report. A report settles what nobody knew, and corrects what was
    /// believed of the provider's first response.
    #[must_use]
    pub const fn settles(self, status: NotificationStatus) -> NotificationStatus {
        match (self, status) {
            (_, NotificationStatus::Dropped | NotificationStatus::Held) => status,
            // Another attempt may have failed: this one is known to have arrived.
            (
                Self::OnItsWay | Self::Delivered,
                NotificationStatus::Pending
                | NotificationStatus::Unknown
                | NotificationStatus::Sent
                | NotificationStatus::Gathered
                | NotificationStatus::Failed,
            ) => NotificationStatus::Sent,
            (
                Self::Failed,
                NotificationStatus::Pending
                | NotificationStatus::Unknown
                | NotificationStatus::Sent
                | NotificationStatus::Gathered
                | NotificationStatus::Failed,
            ) => NotificationStatus::Failed,
        }
    }
}

/// Whether the number is to blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberFault {
    /// No message will ever reach it, or its owner wants none.
    Permanent,
    /// Perhaps: the reason stands for a number that does not exist, and for one that is out of reach.
    Possible,
    /// It may be reached another time, or something else failed.
    None,
}

/// A report, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// What is reported.
    pub report: DeliveryReport,
    /// The provider's word or number for a failure.
    pub reason: Option<String>,
    /// Whether the number is to blame.
    pub fault: NumberFault,
}

impl Reported {
    const fn plain(report: DeliveryReport) -> Self {
        Self {
            report,
            reason: None,
            fault: NumberFault::None,
        }
    }

    fn failed(reason: &str, fault: NumberFault) -> Self {
        Self {
            report: DeliveryReport::Failed,
            reason: word(reason),
            fault,
        }
    }
}

/// A reason that is a single word, which names nobody.
fn word(reason: &str) -> Option<String> {
    let is_word =
        (1..=40).contains(&reason.len()) && reason.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_word.then(|| reason.to_owned())
}

/// What a reason of Africa's Talking (`failureReason`) says of the number. `NotNetworkSubcriber` is its own spelling.
fn fault_by_word(reason: &str) -> NumberFault {
    match reason {
        "UserInBlackList"
        | "NotNetworkSubcriber"
        | "NotNetworkSubscriber"
        | "UserDoesNotExist"
        | "DoNotDisturbRejection" => NumberFault::Permanent,
        _ => NumberFault::None,
    }
}

/// A report of Africa's Talking by its `status` and `failureReason`; `None` for a status that nobody knows.
#[must_use]
pub fn of_africas_talking(status: &str, reason: &str) -> Option<Reported> {
    match status {
        "Sent" | "Submitted" | "Buffered" => Some(Reported::plain(DeliveryReport::OnItsWay)),
        "Success" => Some(Reported::plain(DeliveryReport::Delivered)),
        "Failed" | "Rejected" | "Expired" | "AbsentSubscriber" => {
            let reason = if reason.is_empty() { status } else { reason };
            Some(Reported::failed(reason, fault_by_word(reason)))
        }
        _ => None,
    }
}

/// What a code of Twilio (`ErrorCode`) says of the number.
fn fault_by_code(code: &str) -> NumberFault {
    match code {
        // No number, a land line, one that is blocked, or one whose owner said STOP.
        "21211" | "21610" | "21614" | "30004" => NumberFault::Permanent,
        // Unknown, or a land line, or only out of reach.
        "30005" | "30006" => NumberFault::Possible,
        _ => NumberFault::None,
    }
}

/// A report of Twilio by its `MessageStatus` and `ErrorCode`; `None` for a status that nobody knows.
#[must_use]
pub fn of_twilio(status: &str, code: &str) -> Option<Reported> {
    match status {
        "accepted" | "scheduled" | "queued" | "sending" | "sent" => {
            Some(Reported::plain(DeliveryReport::OnItsWay))
        }
        "delivered" | "read" => Some(Reported::plain(DeliveryReport::Delivered)),
        "undelivered" | "failed" | "canceled" => {
            let reason = if code.is_empty() { status } else { code };
            Some(Reported::failed(reason, fault_by_code(reason)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_report() -> impl Strategy<Value = DeliveryReport> {
        proptest::sample::select(DeliveryReport::ALL)
    }

    proptest! {
        #[test]
        fn whatever_the_order_a_final_report_stays_and_is_never_missed(
            reports in proptest::collection::vec(any_report(), 1..8),
        ) {
            let mut last = None;
            for report in &reports {
                if report.follows(last) {
                    last = Some(*report);
                }
            }
            let first_final = reports.iter().find(|report| **report != DeliveryReport::OnItsWay);
            prop_assert_eq!(last, Some(*first_final.unwrap_or(&DeliveryReport::OnItsWay)));
        }
    }

    #[test]
    fn a_report_settles_what_was_unknown_and_leaves_what_was_not_sent() {
        use NotificationStatus::{Dropped, Failed, Held, Pending, Sent, Unknown};
        for (report, expected) in [
            (DeliveryReport::OnItsWay, Sent),
            (DeliveryReport::Delivered, Sent),
            (DeliveryReport::Failed, Failed),
        ] {
            for status in [Pending, Unknown, Sent, Failed] {
                assert_eq!(report.settles(status), expected, "{report} {status}");
            }
            for status in [Dropped, Held] {
                assert_eq!(report.settles(status), status);
            }
        }
    }

    #[test]
    fn the_words_of_the_providers_are_known() {
        let read = |reported: Option<Reported>| reported.map(|it| (it.report, it.reason, it.fault));
        let failed =
            |reason: &str, fault| Some((DeliveryReport::Failed, Some(reason.to_owned()), fault));
        let (permanent, none) = (NumberFault::Permanent, NumberFault::None);
        for (found, expected) in [
            (
                of_twilio("sent", ""),
                Some((DeliveryReport::OnItsWay, None, none)),
            ),
            (
                of_twilio("delivered", ""),
                Some((DeliveryReport::Delivered, None, none)),
            ),
            (of_twilio("undelivered", "30003"), failed("30003", none)),
            (
                of_twilio("undelivered", "30006"),
                failed("30006", NumberFault::Possible),
            ),
            (of_twilio("failed", "21610"), failed("21610", permanent)),
            (of_twilio("canceled", ""), failed("canceled", none)),
            (of_twilio("nonsense", ""), None),
            (
                of_africas_talking("Buffered", ""),
                Some((DeliveryReport::OnItsWay, None, none)),
            ),
            (
                of_africas_talking("Success", ""),
                Some((DeliveryReport::Delivered, None, none)),
            ),
            (
                of_africas_talking("Rejected", "UserInBlackList"),
                failed("UserInBlackList", permanent),
            ),
            (
                of_africas_talking("Failed", "DeliveryFailure"),
                failed("DeliveryFailure", none),
            ),
            (of_africas_talking("Failed", ""), failed("Failed", none)),
            (of_africas_talking("nonsense", ""), None),
        ] {
            assert_eq!(read(found), expected);
        }
    }

    #[test]
    fn a_reason_that_is_no_word_is_not_kept() {
        let reported = of_twilio("failed", "to +254712345678").unwrap();
        assert_eq!(reported.reason, None);
    }
}
