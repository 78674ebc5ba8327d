//! The dashboard of an agent. Urgent tickets of other agents are outlines: the agent may not read them.

use super::{
    people::{Name, People, name},
    ticket::Ticket,
};
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
    /// Unassigned tickets.
    pub unassigned_tickets: Vec<Urgent<'a>>,
    /// All active urgent tickets; those assigned to others as outlines.
    pub urgent_tickets: Vec<Urgent<'a>>,
    /// The caller's tickets near a deadline or past it.
    pub at_risk_tickets: Vec<Urgent<'a>>,
    /// The number of active tickets that are assigned to the caller.
    pub current_workload: i64,
    /// The figures of the tickets that the caller resolved today.
    pub performance: Performance,
}

/// A ticket on a dashboard: whole, or an outline where it is assigned to another agent.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Urgent<'a> {
    /// A ticket that the caller may see.
    Whole(Box<Ticket<'a>>),
    /// A ticket that is assigned to another agent.
    Outline(Box<Glimpse<'a>>),
}

/// The outline of an urgent ticket that is assigned to another agent.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Glimpse<'a> {
    ticket_number: &'a TicketNumber,
    subject: &'a str,
    status: Status,
    assigned_to: Option<Name<'a>>,
    sla: Option<SlaView>,
}

/// The outline of an urgent ticket that is assigned to another agent, at `now`.
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
