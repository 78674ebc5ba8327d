//! What answers look like: the examples of the document. Each type that is answered tells one of
//! itself, as it is serialised, so that an example cannot be of another shape than the answer.

use serde_json::{Value, json};

/// How far the story that the examples tell has come (`crate::views::story`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum ExampleStage {
    /// The ticket has just been created.
    Created,
    /// An agent has it, and has answered.
    #[default]
    Answered,
    /// The answer was redacted.
    Redacted,
    /// It was lifted to a higher level.
    Escalated,
    /// It is closed.
    Closed,
    /// The customer has rated it.
    Rated,
    /// It was taken up again.
    Reopened,
}

/// A type of which the document shows an example.
pub trait Example {
    /// One of them, at that moment of the story.
    fn example(at: ExampleStage) -> Value;
}

impl<T: Example> Example for Vec<T> {
    fn example(at: ExampleStage) -> Value {
        json!([T::example(at)])
    }
}
