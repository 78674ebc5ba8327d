//! Logs the readiness when it changes.

use super::checks::{Checks, Unready};
use crate::readiness::Announced;
use platform::error_chain::Chain;

/// Logs the result if it differs from the last one. While the process starts, what is missing is expected to
/// come. A process begins as if everything were ready, so that a normal start logs nothing.
pub(super) fn announce(
    last: &Announced,
    checks: &Checks,
    cause: Option<&Unready>,
    is_starting: bool,
) {
    if !last.replace(&checks.in_words(), &Checks::all_well().in_words()) {
        return;
    }
    let error = cause.map(|cause| Chain(cause).to_string());
    let unserved = checks.unserved();
    let unserved = (!unserved.is_empty()).then_some(unserved);
    // The level of an event is fixed at compile time.
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                checks.database = checks.database.as_str(),
                checks.migrations = checks.migrations.as_str(),
                checks.redis = checks.redis.as_str(),
                checks.workers = checks.workers.as_str(),
                checks.scheduler = checks.scheduler.as_str(),
                queues.unserved = unserved,
                error,
                "readiness changed: {}",
                checks.status
            )
        };
    }
    if cause.is_some() && !is_starting {
        line!(warn);
    } else {
        line!(info);
    }
}
