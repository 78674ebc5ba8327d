//! Categories and priorities; the default priority and the department of a category. Pure.

use crate::{people::Department, text_enum};

text_enum! {
    /// The kind of problem that a ticket is about.
    pub enum Category {
        /// A problem with an account.
        Account = "account",
        /// A problem with a booking or a service.
        Booking = "booking",
        /// A problem with a payment.
        Payment = "payment",
        /// A technical problem.
        Technical = "technical",
        /// A question about a bill.
        Billing = "billing",
        /// A complaint.
        Complaint = "complaint",
        /// A suggestion for a new feature.
        FeatureRequest = "feature_request",
        /// A report of a bug.
        BugReport = "bug_report",
        /// A general question.
        General = "general",
        /// Anything else.
        Other = "other",
    }
}

text_enum! {
    /// How urgent a ticket is.
    pub enum Priority {
        /// The problem is small and can wait.
        Low = "low",
        /// A usual problem.
        Medium = "medium",
        /// An important problem that needs a quick solution.
        High = "high",
        /// A critical problem that needs attention at once.
        Urgent = "urgent",
    }
}

impl Category {
    /// The priority of a new ticket without one.
    #[must_use]
    pub const fn default_priority(self) -> Priority {
        match self {
            Self::Payment | Self::Complaint => Priority::High,
            Self::FeatureRequest => Priority::Low,
            Self::Account
            | Self::Booking
            | Self::Technical
            | Self::Billing
            | Self::BugReport
            | Self::General
            | Self::Other => Priority::Medium,
        }
    }

    /// The department of its tickets.
    #[must_use]
    pub const fn department(self) -> Department {
        match self {
            Self::Technical | Self::BugReport | Self::Account => Department::Technical,
            Self::Payment | Self::Billing => Department::Billing,
            Self::Complaint => Department::Complaints,
            Self::Booking | Self::FeatureRequest | Self::General | Self::Other => {
                Department::General
            }
        }
    }
}
