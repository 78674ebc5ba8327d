//! Statistics against a recount: random histories, lost and repeated work, and every report and format.

mod following;
mod formats;
mod histories;
mod recount;
mod reports;

const STATS: &str = "/api/v1/support/stats";
