//! The names of queues, and where jobs are executed. Configuration, metrics and the list of processes share them with
//! the ledger, so this file imports no other module of the project. Pure.

use crate::text_enum;
use serde::{Serialize, Serializer};
use std::{borrow::Cow, fmt};

text_enum! {
    /// A queue of jobs. Each queue has its own workers, so that slow jobs do not delay fast ones.
    pub enum Queue as "QueueName" {
        /// Jobs that assign tickets to agents.
        Assignment = "assignment",
        /// Periodic jobs, such as the search for missed deadlines.
        Sweeps = "sweeps",
        /// Jobs that decide who is notified of what.
        Notify = "notify",
        /// Jobs that send e-mails.
        Email = "email",
        /// Jobs that send push messages to devices.
        Push = "push",
        /// Jobs that send text messages to telephones.
        Sms = "sms",
        /// Jobs that tell other systems of changes.
        Webhooks = "webhooks",
        /// Jobs for statistics, and jobs that delete old data.
        Bulk = "bulk",
    }
}

text_enum! {
    /// Where the jobs of a unit of work are executed.
    pub enum Execution {
        /// In the workers.
        Workers = "workers",
        /// In the process that enqueued them, by its own clock: the demo. Workers never claim such jobs.
        Inline = "own",
    }
}

/// The queue named in a row. A newer release, running beside this one or before a rollback, may have other queues.
/// Code that claims or runs jobs uses [`Queue`]; code that only shows jobs accepts any name.
///
/// Known queues sort first, in the order of [`Queue`], then unknown ones by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QueueName {
    /// A queue of this release.
    Known(Queue),
    /// A queue of another release only.
    Unknown(String),
}

impl QueueName {
    /// The name in the row.
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
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "AnyQueueName".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let ours: Vec<&str> = Queue::ALL.iter().map(|queue| queue.as_str()).collect();
        schemars::json_schema!({"type": "string", "examples": ours})
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
        assert_eq!(name("fax"), QueueName::Unknown("fax".to_owned()));
        assert_eq!(name("fax").to_string(), "fax");
        assert_eq!(serde_json::to_string(&name("fax")).unwrap(), "\"fax\"");
        let mut names = ["fax", "bulk", "archive", "assignment"].map(name);
        names.sort();
        let words = names.iter().map(QueueName::as_str);
        assert_eq!(
            words.collect::<Vec<_>>(),
            ["assignment", "bulk", "archive", "fax"]
        );
    }

    #[test]
    fn the_schema_names_our_queues_and_allows_others() {
        let schema = QueueName::json_schema(&mut schemars::SchemaGenerator::default());
        assert_eq!(schema.get("enum"), None);
        let ours = schema.get("examples").and_then(Value::as_array);
        assert_eq!(ours.unwrap().len(), Queue::ALL.len());
    }
}
