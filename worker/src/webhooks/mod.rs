//! Outgoing webhooks: the loop of the planner, and the call of one attempt.

mod call;
mod planner;

pub(crate) use call::call;
pub(crate) use planner::run as plan;
