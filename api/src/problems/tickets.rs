//! Problems of tickets and of uploads. Pure.

use super::{ProblemType, of_status};

pub(super) const TICKETS: &[ProblemType] = &[
    of_status(
        409,
        "illegal_transition",
        "Change not allowed in this status",
        "The present status of the ticket does not permit the change. `detail` names the status and what is allowed.",
        "Read the ticket, and use a change that the table of statuses allows.",
    ),
    of_status(
        409,
        "agent_at_capacity",
        "Agent at capacity",
        "The agent has as many active tickets as `maxConcurrentTickets` allows.",
        "Choose another agent. An admin may assign the ticket anyway with `\"force\": true`.",
    ),
    of_status(
        409,
        "ticket_closed",
        "Ticket closed",
        "A requester wrote a message to a closed ticket.",
        "Reopen the ticket first, or create a new one that mentions its number.",
    ),
    of_status(
        409,
        "answered_already",
        "Ticket answered already",
        "A requester changes a ticket that staff have answered, or that is resolved or closed.",
        "Write a message instead. Staff can change the ticket.",
    ),
    of_status(
        409,
        "reopen_window_over",
        "Closed too long ago",
        "A requester can reopen a ticket only for some days after it was closed. `detail` has their number.",
        "Create a new ticket that mentions the number of this one.",
    ),
    of_status(
        409,
        "not_resolved",
        "Nothing to rate yet",
        "The ticket is neither resolved nor closed, so that there is no resolution to rate.",
        "Rate the ticket once its status is `resolved` or `closed`.",
    ),
    of_status(
        409,
        "rated_already",
        "Rated already",
        "This resolution has been rated. Each resolution can be rated once.",
        "Show the rating that the ticket has. After a reopening, the next resolution can be rated.",
    ),
];

pub(super) const UPLOADS: &[ProblemType] = &[
    of_status(
        415,
        "form_needed",
        "Form needed",
        "An upload is a form, and the `Content-Type` is not `multipart/form-data`.",
        "Send the file in a form, in the field `file`. Let your HTTP library set the `Content-Type`.",
    ),
    of_status(
        400,
        "malformed_form",
        "Malformed form",
        "The body is not a form with the boundary that its `Content-Type` names.",
        "Let your HTTP library build the form and its `Content-Type` together.",
    ),
    of_status(
        409,
        "too_many_uploads",
        "Too many unattached uploads",
        "The caller has 100 uploads that are not attached to any ticket or message.",
        "Attach them, or wait: unattached uploads are deleted after 24 hours.",
    ),
    of_status(
        429,
        "uploads_at_once",
        "Too many uploads at a time",
        "The caller has 4 uploads under way, or too many uploads come from the address of the caller.",
        "Send the files one after the other. Wait for the seconds in `Retry-After` before the next one.",
    ),
];
