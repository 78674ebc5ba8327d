//! Categories and priorities; the default priority and the department of a category. Pure.

use crate::{people::Department, text_enum};

text_enum! {
    /// The category of a ticket.
    pub enum Category {
        /// Account-related issues.
        Account = "account",
        /// Bookings and services.
        Booking = "booking",
        /// Payment problems.
        Payment = "payment",
        /// Technical difficulties.
        Technical = "technical",
        /// Bills.
        Billing = "billing",
        /// Complaints.
        Complaint = "complaint",
        /// Suggestions.
        FeatureRequest = "feature_request",
        /// Bugs.
        BugReport = "bug_report",
        /// General inquiries.
        General = "general",
        /// Miscellaneous.
        Other = "other",
    }
}

text_enum! {
    /// How urgent a ticket is.
    pub enum Priority {
        /// Minor, can wait.
        Low = "low",
        /// The usual.
        Medium = "medium",
        /// Needs quick resolution.
        High = "high",
        /// Critical, immediate attention.
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
