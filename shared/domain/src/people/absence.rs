//! Absence: an agent whose clients are all gone counts as away until one is back. What the agent set stays as it is.
//! Pure.

use crate::people::Availability;

/// Whether all clients of an agent have been gone for too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// The agent has a client, had one recently, or never had one.
    Present,
    /// All clients have been gone for too long.
    Absent,
}

impl From<bool> for Absence {
    fn from(is_absent: bool) -> Self {
        if is_absent {
            Self::Absent
        } else {
            Self::Present
        }
    }
}

impl Availability {
    /// Whether an agent who set this can become absent. Agents who are away or offline say so themselves.
    #[must_use]
    pub const fn can_be_absent(self) -> bool {
        match self {
            Self::Available | Self::Busy => true,
            Self::Away | Self::Offline => false,
        }
    }

    /// The availability that is shown and that assignment follows.
    #[must_use]
    pub const fn with(self, absence: Absence) -> Self {
        match absence {
            Absence::Absent if self.can_be_absent() => Self::Away,
            Absence::Absent | Absence::Present => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_agent_counts_as_away_and_an_offline_agent_stays_offline() {
        let absent = Availability::ALL
            .iter()
            .map(|set| set.with(Absence::Absent));
        let expected = [
            Availability::Away,
            Availability::Away,
            Availability::Away,
            Availability::Offline,
        ];
        assert_eq!(absent.collect::<Vec<_>>(), expected);
        for set in Availability::ALL {
            assert_eq!(set.with(Absence::Present), *set);
        }
    }
}
