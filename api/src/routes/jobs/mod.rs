//! `/admin/jobs`: what waits, runs, failed and was given up, for admins.

pub mod discard;
pub mod get;
pub mod list;
pub mod queues;
pub mod retry;

use crate::{error::Problem, extract::PathId};
use shared::jobs::JobId;

/// The job that the path names.
fn job(id: &PathId) -> Result<JobId, Problem> {
    id.parse("the number of a job").map(JobId)
}
