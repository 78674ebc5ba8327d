//! Who takes part in a ticket, and may be notified of its events.

mod store;

pub(super) use store::{
    Around, active, admins, agents_of, agents_on, around, changes_of_hands, creation_of_waiting,
    escalated_from, events, resolution_told,
};
