//! The limit of work for the highlights of one page. Pure.

/// Steps for one page: some hundredths of a second.
const OF_A_PAGE: usize = 1_000_000;

/// A budget of steps. A step is a byte of text that is split into words, or a comparison of two words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    most: usize,
    done: usize,
}

impl Steps {
    /// The budget for one page of a list.
    #[must_use]
    pub const fn of_a_page() -> Self {
        Self {
            most: OF_A_PAGE,
            done: 0,
        }
    }

    /// Uses steps.
    pub const fn take(&mut self, steps: usize) {
        self.done = self.done.saturating_add(steps);
    }

    /// Whether no steps are left.
    #[must_use]
    pub const fn are_over(&self) -> bool {
        self.done >= self.most
    }

    /// The number of used steps.
    #[must_use]
    pub const fn done(&self) -> usize {
        self.done
    }
}
