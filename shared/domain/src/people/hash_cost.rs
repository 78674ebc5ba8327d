//! The cost of a hash of a password. Pure.

/// The cost of computing one hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashCost {
    /// Memory in KiB, at least 8.
    pub memory_kib: u32,
    /// The number of passes over the memory.
    pub passes: u32,
}

impl HashCost {
    /// 19 MiB and two passes, as the OWASP Password Storage Cheat Sheet asks for. There is no setting
    /// for another cost; only tests, which hash a thousand passwords, use a lower one.
    pub const OWASP: Self = Self {
        memory_kib: 19_456,
        passes: 2,
    };
}
