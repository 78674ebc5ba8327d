//! The readiness that the log has last. Probes ask every few seconds: a line appears when the result
//! changes, not for each probe.

use std::sync::{Mutex, PoisonError};

/// The result that was logged last, as text. One for each process.
#[derive(Debug, Default)]
pub struct Announced(Mutex<Option<String>>);

impl Announced {
    /// Keeps a result. `true` if it differs from the last one or, where there was none, from `expected`.
    pub(crate) fn replace(&self, result: &str, expected: &str) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let differs = last.as_deref().unwrap_or(expected) != result;
        if differs {
            *last = Some(result.to_owned());
        }
        differs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_change_is_announced_and_the_expected_result_of_a_start_is_none() {
        let announced = Announced::default();
        for (result, is_new) in [
            ("ok", false),
            ("down", true),
            ("down", false),
            ("missing", true),
            ("missing", false),
            ("ok", true),
            ("ok", false),
        ] {
            assert_eq!(announced.replace(result, "ok"), is_new, "{result}");
        }
    }
}
