//! The tickets that count against an agent's limit. Pure.

/// Which active tickets count as an agent's load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkloadRule {
    /// All active tickets.
    All,
    /// All active tickets but those that wait for their customer.
    WithoutWaiting,
}

impl WorkloadRule {
    /// Whether tickets that wait for their customer count.
    #[must_use]
    pub const fn counts_waiting(self) -> bool {
        match self {
            Self::All => true,
            Self::WithoutWaiting => false,
        }
    }
}
