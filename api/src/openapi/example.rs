//! What answers look like: the examples of the document. Each type that is answered tells one of
//! itself, as it is serialised, so that an example cannot be of another shape than the answer.

use serde_json::{Map, Value, json};

/// How far the story that the examples tell has come (`crate::views::story`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Moment {
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
    fn example(at: Moment) -> Value;
}

impl<T: Example> Example for Vec<T> {
    fn example(at: Moment) -> Value {
        json!([T::example(at)])
    }
}

/// The document itself, which is too long to be its own example.
impl Example for Map<String, Value> {
    fn example(_: Moment) -> Value {
        json!({"openapi": "3.1.0"})
    }
}

/// The texts that are answered by themselves are tokens.
impl Example for String {
    fn example(_: Moment) -> Value {
        json!("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl")
    }
}

/// The seconds for which a token is good.
impl Example for i64 {
    fn example(_: Moment) -> Value {
        json!(crate::token::LIFETIME.num_seconds())
    }
}

/// A number of tickets.
impl Example for usize {
    fn example(_: Moment) -> Value {
        json!(3)
    }
}
