//! What an agent finds at the beginning of a shift, other agents' urgent tickets in outline.

use super::ticket::{Name, People, Ticket, name};
use actions::tickets::read::Shown;
use chrono::{DateTime, Utc};
use domain::{
    sla::SlaView,
    stats::Performance,
    tickets::{Status, TicketNumber},
};
use schemars::JsonSchema;
use serde::Serialize;

/// `dashboard`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Dashboard<'a> {
    /// The caller's active tickets, most urgent first.
    pub assigned_tickets: Vec<Urgent<'a>>,
    /// Tickets that nobody has.
    pub unassigned_tickets: Vec<Urgent<'a>>,
    /// All active urgent tickets; those that others have in outline.
    pub urgent_tickets: Vec<Urgent<'a>>,
    /// The caller's tickets near a deadline or past it.
    pub at_risk_tickets: Vec<Urgent<'a>>,
    /// How many active tickets the caller has.
    pub current_workload: i64,
    /// How today went.
    pub performance: Performance,
}

/// A ticket on a dashboard: whole, or in outline when another agent has it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Urgent<'a> {
    /// One that the caller may see.
    Whole(Box<Ticket<'a>>),
    /// One that another has.
    Outline(Box<Glimpse<'a>>),
}

/// An urgent ticket that another agent has: that it is there, and how it stands.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Glimpse<'a> {
    ticket_number: &'a TicketNumber,
    subject: &'a str,
    status: Status,
    assigned_to: Option<Name<'a>>,
    sla: Option<SlaView>,
}

/// What an agent sees of an urgent ticket that another has.
#[must_use]
pub fn glimpse<'a>(shown: &'a Shown, people: &'a People, now: DateTime<Utc>) -> Glimpse<'a> {
    Glimpse {
        ticket_number: &shown.ticket.number,
        subject: &shown.ticket.subject,
        status: shown.ticket.status,
        assigned_to: shown.ticket.assigned_to.map(|agent| name(agent, people)),
        sla: SlaView::of(&shown.ticket.policy, &shown.clocks, now),
    }
}
