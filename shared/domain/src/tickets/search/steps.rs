//! How much of texts may be looked at for the quotes of one page. Pure.

/// Steps of a page: some hundredths of a second.
const OF_A_PAGE: usize = 1_000_000;

/// What may still be done, and what was: a step is a byte of a text that is cut into words, or a word that
/// is compared with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    most: usize,
    done: usize,
}

impl Steps {
    /// Those of a page of a list.
    #[must_use]
    pub const fn of_a_page() -> Self {
        Self {
            most: OF_A_PAGE,
            done: 0,
        }
    }

    /// Counts some that are done.
    pub const fn take(&mut self, steps: usize) {
        self.done = self.done.saturating_add(steps);
    }

    /// Whether none is left.
    #[must_use]
    pub const fn are_over(&self) -> bool {
        self.done >= self.most
    }

    /// How many are done.
    #[must_use]
    pub const fn done(&self) -> usize {
        self.done
    }
}
