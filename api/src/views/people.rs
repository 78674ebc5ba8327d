//! The names of people in responses. Others see no more of a person than this.

use actions::directory::Named;
use domain::{ids::UserId, people::Role};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;

/// Everybody whom a response names, by id.
pub type People = HashMap<UserId, Named>;

/// A person, by name.
#[expect(clippy::struct_field_names, reason = "the names of the contract")]
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PersonRef")]
pub(super) struct Name<'a> {
    /// The id of the person.
    id: UserId,
    /// The given name. It may be null.
    first_name: Option<&'a str>,
    /// The family name. It may be null.
    last_name: Option<&'a str>,
}

/// The name of a person, without a first and a last name where `people` has none.
pub(super) fn name(id: UserId, people: &People) -> Name<'_> {
    let named = people.get(&id);
    Name {
        id,
        first_name: named.map(|named| named.first_name.as_str()),
        last_name: named.map(|named| named.last_name.as_str()),
    }
}

/// A person, by name and role: the sender of a message, or the person who changed a ticket.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ActorRef")]
pub(super) struct Sender<'a> {
    #[serde(flatten)]
    name: Name<'a>,
    /// The role of the person. It may be null.
    #[schemars(with = "Option<Role>")]
    role: Option<&'static str>,
}

/// A person in the role that `people` has.
pub(super) fn sender(id: UserId, people: &People) -> Sender<'_> {
    Sender {
        name: name(id, people),
        role: people.get(&id).map(|named| named.role.as_str()),
    }
}

/// A person in the role of the time of an event.
pub(super) fn sender_in_role(id: UserId, role: Role, people: &People) -> Sender<'_> {
    Sender {
        name: name(id, people),
        role: Some(role.as_str()),
    }
}
