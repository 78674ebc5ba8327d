//! The queues of jobs and the lanes beside them: words that the configuration, the numbers and the list of processes share
//! with the ledger. Nothing of ours is imported here. Pure.

use crate::text_enum;
use serde::{Serialize, Serializer};
use std::{borrow::Cow, fmt};

text_enum! {
    /// A line of jobs with workers of its own, so that a slow kind does not delay a fast one.
    pub enum Queue {
        /// Giving tickets to agents.
        Assignment = "assignment",
        /// Deadlines, auto-close and other sweeps.
        Sweeps = "sweeps",
        /// Deciding who is to be told.
        Notify = "notify",
        /// Talking to the mail server.
        Email = "email",
        /// Statistics and pruning.
        Bulk = "bulk",
    }
}

text_enum! {
    /// Who is to run the jobs that follow from a change.
    pub enum Execution {
        /// The workers.
        Workers = "workers",
        /// Whoever enqueued them, in its own process and by its own clock: the demo. Workers never
        /// see such jobs.
        Inline = "own",
    }
}

/// The queue that a row names. A newer release, beside this one or before a rollback, has queues that this one has not:
/// code that hands jobs out or runs them asks for [`Queue`], code that only shows them takes any name.
///
/// Ours come first, in their order, then the others by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QueueName {
    /// One of ours.
    Known(Queue),
    /// One that only another release has.
    Unknown(String),
}

impl QueueName {
    /// The word in the row.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(queue) => queue.as_str(),
            Self::Unknown(name) => name,
        }
    }
}

impl From<Queue> for QueueName {
    fn from(queue: Queue) -> Self {
        Self::Known(queue)
    }
}

impl From<String> for QueueName {
    fn from(name: String) -> Self {
        match name.parse() {
            Ok(queue) => Self::Known(queue),
            Err(_unknown) => Self::Unknown(name),
        }
    }
}

impl fmt::Display for QueueName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for QueueName {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl schemars::JsonSchema for QueueName {
    fn schema_name() -> Cow<'static, str> {
        "QueueName".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let ours: Vec<&str> = Queue::ALL.iter().map(|queue| queue.as_str()).collect();
        let about = format!(
            "One of {}; or another, which only a release beside this one has.",
            Queue::words()
        );
        schemars::json_schema!({"type": "string", "description": about, "examples": ours})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemars::JsonSchema;
    use serde_json::Value;

    #[test]
    fn a_queue_of_another_release_keeps_its_name_and_comes_after_ours() {
        let name = |word: &str| QueueName::from(word.to_owned());
        assert_eq!(name("email"), QueueName::Known(Queue::Email));
        assert_eq!(name("sms"), QueueName::Unknown("sms".to_owned()));
        assert_eq!(name("sms").to_string(), "sms");
        assert_eq!(serde_json::to_string(&name("sms")).unwrap(), "\"sms\"");
        let mut names = ["sms", "bulk", "archive", "assignment"].map(name);
        names.sort();
        let words = names.iter().map(QueueName::as_str);
        assert_eq!(
            words.collect::<Vec<_>>(),
            ["assignment", "bulk", "archive", "sms"]
        );
    }

    #[test]
    fn the_schema_names_our_queues_and_allows_others() {
        let schema = QueueName::json_schema(&mut schemars::SchemaGenerator::default());
        assert_eq!(schema.get("enum"), None);
        let ours = schema.get("examples").and_then(Value::as_array);
        assert_eq!(ours.unwrap().len(), Queue::ALL.len());
        let about = schema.get("description").and_then(Value::as_str);
        assert!(about.unwrap().contains("email"));
    }
}
