//! The rating of a resolution. Pure.

use crate::{field_error::FieldErrors, reader::ObjectReader, tickets::NOTES};

/// A customer's rating of a resolution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRating {
    /// 1 to 5.
    pub rating: i16,
    /// Free text.
    pub feedback: Option<String>,
}

impl NewRating {
    /// Reads a rating; `None` where a field has an error.
    pub fn read(reader: &mut ObjectReader) -> Option<Self> {
        reader.named("TicketRate", "A rating of the resolution of a ticket.");
        reader.mean(&[
            (
                "rating",
                "The number of stars, from 1 (very bad) to 5 (very good).",
            ),
            (
                "feedback",
                "What was good or bad, in the words of the requester.",
            ),
        ]);
        let (rating, feedback) = (reader.integer("rating"), reader.text("feedback"));
        Self::parse(rating, feedback.as_deref(), reader.errors())
    }

    /// As [`NewRating::read`], for a form, which has text only.
    pub fn parse(
        rating: Option<i64>,
        feedback: Option<&str>,
        errors: &mut FieldErrors,
    ) -> Option<Self> {
        if rating.is_none() {
            errors.required("rating");
        }
        let stars = errors.integer("rating", rating, 1..=5);
        let stars = stars.and_then(|stars| i16::try_from(stars).ok());
        let feedback = errors.optional_text("feedback", feedback, 0, NOTES);
        stars.map(|rating| Self { rating, feedback })
    }
}
