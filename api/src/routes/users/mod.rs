//! `/admin/users`: the accounts of all people, for admins.

pub mod get;
pub mod list;
pub mod patch;
pub mod release_tickets;

use crate::{error::Problem, extract::PathId, openapi::Resource};
use domain::ids::UserId;

/// The id of the person in the path.
fn person(id: &PathId) -> Result<UserId, Problem> {
    id.parse(Resource::Person.key())
}
