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

/// The dashboard of an agent. Each list has at most 50 tickets.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Dashboard<'a> {
    /// The active tickets that are assigned to the caller, the most urgent first.
    pub assigned_tickets: Vec<Urgent<'a>>,
    /// The unassigned tickets.
    pub unassigned_tickets: Vec<Urgent<'a>>,
    /// All active urgent tickets. Those that are assigned to others are outlines.
    pub urgent_tickets: Vec<Urgent<'a>>,
    /// The tickets of the caller that are near a deadline or past it.
    pub at_risk_tickets: Vec<Urgent<'a>>,
    /// The number of active tickets that are assigned to the caller.
    #[schemars(range(min = 0))]
    pub current_workload: i64,
    /// The figures of the tickets that the caller resolved today.
    pub performance: Performance,
    /// The figures of the tickets that the caller resolved in the last seven days, today included.
    pub performance_last7_days: Performance,
    /// The figures of the tickets that the caller resolved in the last thirty days, today included.
    pub performance_last30_days: Performance,
}

/// A ticket on a dashboard: whole, or an outline where it is assigned to another agent.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "DashboardTicket")]
pub enum Urgent<'a> {
    /// A ticket that the caller may see.
    Whole(Box<Ticket<'a>>),
    /// A ticket that is assigned to another agent.
    Outline(Box<Glimpse<'a>>),
}

/// The outline of an urgent ticket that is assigned to another agent.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TicketOutline")]
pub struct Glimpse<'a> {
    /// The number of the ticket.
    ticket_number: &'a TicketNumber,
    /// The problem in a few words.
    subject: &'a str,
    /// The place of the ticket in its life.
    status: Status,
    /// The agent who has the ticket. It may be null.
    assigned_to: Option<Name<'a>>,
    /// The SLA policy of the ticket, and the state of its clocks. It may be null.
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
