//! The kinds of clocks of a ticket. Pure.

use crate::text_enum;

text_enum! {
    /// The time that a clock measures.
    pub enum Metric as "SlaMetric" {
        /// The time from the creation of a ticket to the first public answer.
        FirstResponse = "first_response",
        /// The time from the oldest unanswered message of the customer to the next public answer.
        NextResponse = "next_response",
        /// The time from the creation or the last reopening of a ticket until it is resolved.
        Resolution = "resolution",
    }
}

impl Metric {
    /// Its name inside a sentence.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::FirstResponse => "first response",
            Self::NextResponse => "next response",
            Self::Resolution => "resolution",
        }
    }
}
