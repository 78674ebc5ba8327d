//! What a hash of a password costs. Pure.

/// What a hash costs whoever makes or guesses one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashCost {
    /// Memory in KiB, at least 8.
    pub memory_kib: u32,
    /// How often it is gone through.
    pub passes: u32,
}

impl HashCost {
    /// 19 MiB and two passes, as the OWASP Password Storage Cheat Sheet asks for. There is no setting
    /// for another one: only tests, which hash a thousand passwords, have one.
    pub const OWASP: Self = Self {
        memory_kib: 19_456,
        passes: 2,
    };
}
