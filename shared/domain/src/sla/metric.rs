//! The kinds of clocks of a ticket. Pure.

use crate::text_enum;

text_enum! {
    /// What a clock measures.
    pub enum Metric {
        /// From creation to the first public staff message.
        FirstResponse = "first_response",
        /// From the oldest unanswered customer message to the next public staff message.
        NextResponse = "next_response",
        /// From creation, or the last reopening, to resolved.
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
