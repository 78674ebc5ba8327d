//! `/admin/jobs`: what waits, runs, failed and was given up, for admins.

pub mod discard;
pub mod get;
pub mod list;
pub mod queues;
pub mod retry;

use crate::{error::Problem, extract::PathId, openapi::Resource};
use jobs::JobId;

/// The job that the path names.
fn job(id: &PathId) -> Result<JobId, Problem> {
    id.parse(Resource::Job.key()).map(JobId)
}
