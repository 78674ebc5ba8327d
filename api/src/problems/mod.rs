//! The types of problems: for each code its status, its title, its cause and its cure. The page of the API shows
//! them, and the `type` of a problem is the URL of its place there (RFC 9457, section 3.1.1). Pure.

mod accounts;
mod requests;
mod system;
mod tickets;

/// What all problems with one code have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProblemType {
    /// The stable code.
    pub code: &'static str,
    /// The status; of [`OF_ANY_STATUS`] the most frequent one.
    pub status: u16,
    /// A few words, the same for every problem of the type.
    pub title: &'static str,
    /// When it happens.
    pub cause: &'static str,
    /// What a client, or its user, does about it.
    pub cure: &'static str,
}

/// The only code that several statuses have: failures that no handler made, such as 408.
pub const OF_ANY_STATUS: &str = "bad_request";

/// Types with a common subject.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// The heading.
    pub title: &'static str,
    /// The types, the most frequent ones first.
    pub types: &'static [ProblemType],
}

/// All types, in the order of the page.
pub const GROUPS: &[Group] = &[
    Group {
        title: "The request",
        types: requests::REQUEST,
    },
    Group {
        title: "Tokens and permissions",
        types: accounts::ACCESS,
    },
    Group {
        title: "Accounts",
        types: accounts::ACCOUNTS,
    },
    Group {
        title: "Tickets",
        types: tickets::TICKETS,
    },
    Group {
        title: "Repeated and concurrent requests",
        types: requests::REPEATS,
    },
    Group {
        title: "Uploads",
        types: tickets::UPLOADS,
    },
    Group {
        title: "Limits and failures",
        types: system::SYSTEM,
    },
    Group {
        title: "Notifications",
        types: system::NOTIFICATIONS,
    },
    Group {
        title: "Webhooks",
        types: system::WEBHOOKS,
    },
    Group {
        title: "Jobs",
        types: system::JOBS,
    },
];

/// All types, in the order of the page.
pub fn all() -> impl Iterator<Item = &'static ProblemType> {
    GROUPS.iter().flat_map(|group| group.types)
}

/// The type with that code.
#[must_use]
pub fn of(code: &str) -> Option<&'static ProblemType> {
    all().find(|known| known.code == code)
}

/// The fragment of a code in the page of the API.
#[must_use]
pub fn anchor(code: &str) -> String {
    format!("error-{code}")
}

/// The `type` of a problem with that code: a reference that leads to its place in the page, on any host.
#[must_use]
pub fn uri(code: &str) -> String {
    format!("/docs#{}", anchor(code))
}

/// A row of the tables.
const fn of_status(
    status: u16,
    code: &'static str,
    title: &'static str,
    cause: &'static str,
    cure: &'static str,
) -> ProblemType {
    ProblemType {
        code,
        status,
        title,
        cause,
        cure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_stands_once() {
        let codes: BTreeSet<_> = all().map(|known| known.code).collect();
        assert_eq!(codes.len(), all().count());
        assert_eq!(of("not_found").map(|known| known.status), Some(404));
        assert_eq!(of("nonsense"), None);
    }

    #[test]
    fn every_code_has_a_title_and_whole_sentences_about_cause_and_cure() {
        for known in all() {
            let code = known.code;
            assert!((400..600).contains(&known.status), "{code}");
            assert!(
                !known.title.is_empty() && !known.title.ends_with('.'),
                "{code}"
            );
            for sentences in [known.cause, known.cure] {
                let begins =
                    sentences.starts_with(|first: char| first.is_uppercase() || first == '`');
                assert!(begins && sentences.ends_with('.'), "{code}: {sentences}");
                assert!(sentences.split(' ').count() > 3, "{code}: {sentences}");
            }
            assert_ne!(known.cause, known.cure, "{code}");
        }
    }
}
