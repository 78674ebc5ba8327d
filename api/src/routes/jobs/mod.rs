//! `/admin/jobs`: what waits, runs, failed and was given up, for admins.

pub mod discard;
pub mod get;
pub mod list;
pub mod queues;
pub mod retry;

use crate::{error::Problem, extract::PathId};
use shared::{fault::Fault, jobs::JobId};

/// The job that the path names.
fn job(id: &PathId) -> Result<JobId, Problem> {
    id.as_str().parse().map(JobId).map_err(|_| {
        Problem::bad_query(vec![Fault {
            field: "id".to_owned(),
            code: "invalid_id",
            message: "must be the number of a job".to_owned(),
        }])
    })
}
