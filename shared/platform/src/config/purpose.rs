//! The use of a database connection.

/// The use of a database connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The system: commits are on disk.
    System,
    /// The demo that fills an empty installation: its thousands of commits do not wait for the
    /// disk. A crash of the server may lose the last of them; the demo is then started anew.
    Demo,
}

impl Purpose {
    /// The name of such connections in `pg_stat_activity`.
    #[must_use]
    pub const fn application(self) -> &'static str {
        match self {
            Self::System => "baitech-support",
            Self::Demo => "baitech-support demo",
        }
    }
}
