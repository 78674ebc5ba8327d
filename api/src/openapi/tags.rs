//! The tags of the document, in the order in which a newcomer reads them.

/// Each tag with its description. The tag of each route is one of these.
pub(super) const TAGS: &[(&str, &str)] = &[
    (
        "accounts",
        "Registration, login and your own account. Begin here: every other part needs the `token` of a login.",
    ),
    (
        "tickets",
        "Requests for support, from the first question to the rating of the answer.",
    ),
    (
        "messages",
        "The conversation on a ticket, with the internal notes of agents and admins.",
    ),
    ("attachments", "Files for tickets and messages."),
    (
        "agents",
        "What agents need for their work: the dashboard, their availability, and the customers.",
    ),
    (
        "events",
        "What happens, as it happens: for clients that show it at once, and for programs that must not miss anything.",
    ),
    (
        "notifications",
        "What you are told, on which channels and devices, and when not.",
    ),
    ("statistics", "Figures about tickets, for admins."),
    ("users", "The accounts of all people, for admins."),
    (
        "sla-policies",
        "The service levels: how soon tickets have to be answered and resolved, for admins.",
    ),
    (
        "webhooks",
        "Other systems that are told of events, and the log of what they were told, for admins.",
    ),
    (
        "jobs",
        "The work in the background, such as mails that could not be sent, for admins.",
    ),
    (
        "system",
        "The health of the system, its metrics, and this document.",
    ),
];
