//! `/admin/users`: the accounts of everybody, for admins.

pub mod get;
pub mod list;
pub mod patch;
pub mod release_tickets;
pub(super) mod support_info;

use crate::{
    error::Problem,
    extract::{PathId, invalid_id},
};
use shared::ids::UserId;

/// The person whom the path names.
fn person(id: &PathId) -> Result<UserId, Problem> {
    let id = id.as_str().parse();
    id.map_err(|_| invalid_id("the id of a person"))
}
