//! What the database is opened for.

/// What connections are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The system's work: what is committed is on disk.
    System,
    /// The demo's filling of an empty installation, whose thousands of commits do not each wait for the
    /// disk. A crash of the server may cost the last of them, and whoever runs a demo starts it anew.
    Demo,
}

impl Purpose {
    /// What such connections are called in `pg_stat_activity`.
    #[must_use]
    pub const fn application(self) -> &'static str {
        match self {
            Self::System => "baitech-support",
            Self::Demo => "baitech-support demo",
        }
    }
}
