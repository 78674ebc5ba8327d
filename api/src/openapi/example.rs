//! The examples of responses. Each type of a response makes an example of itself, by its own serialisation,
//! so that the shape of an example cannot differ from that of the response.

use serde_json::{Value, json};

/// The stage of the example ticket (`crate::views::example_ticket`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum ExampleStage {
    /// The ticket has just been created.
    Created,
    /// The ticket is assigned, and the agent has written the first response.
    #[default]
    Answered,
    /// The message of the agent was redacted.
    Redacted,
    /// The ticket was escalated.
    Escalated,
    /// The ticket is closed.
    Closed,
    /// The customer has rated it.
    Rated,
    /// The ticket was reopened.
    Reopened,
}

/// A type with an example in the document.
pub trait Example {
    /// An example, with the example ticket at this stage.
    fn example(at: ExampleStage) -> Value;
}

impl<T: Example> Example for Vec<T> {
    fn example(at: ExampleStage) -> Value {
        json!([T::example(at)])
    }
}
