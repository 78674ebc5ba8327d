//! `/admin/users`: the accounts of everybody, for admins.

pub mod get;
pub mod list;
pub mod patch;
pub mod release_tickets;
pub(super) mod support_info;

use crate::{error::Problem, extract::PathId};
use shared::{fault::Fault, ids::UserId};

/// The person whom the path names.
fn person(id: &PathId) -> Result<UserId, Problem> {
    id.as_str().parse().map_err(|_| {
        Problem::bad_query(vec![Fault {
            field: "id".to_owned(),
            code: "invalid_id",
            message: "must be the id of a person".to_owned(),
        }])
    })
}
