//! `GET /support/dashboard`: the tickets that need the attention of an agent.

use crate::{
    auth::Staff,
    error::Problem,
    openapi::{Access, Operation},
    respond::Answer,
    views::{
        dashboard::{Dashboard, Urgent, glimpse},
        ticket,
    },
};
use actions::{directory, tickets::read};
use axum::extract::State;
use chrono_tz::Tz;
use domain::tickets::access::Scope;
use platform::context::Context;

/// Shows the caller's tickets, unassigned tickets, urgent tickets, tickets near a deadline, and the figures of
/// today and of the last 7 and 30 days.
///
/// # Errors
/// 401, 403 for anybody but staff.
pub async fn get(Staff(actor): Staff, State(cx): State<Context>) -> Result<Answer, Problem> {
    let now = cx.clock.now();
    let mut db = cx.snapshot().await?;
    let lists =
        actions::tickets::list::dashboard(&mut *db, actor.id, cx.config.tickets.load, now).await?;
    let lengths = [
        lists.assigned.len(),
        lists.unassigned.len(),
        lists.urgent.len(),
        lists.at_risk.len(),
    ];
    let all = [
        lists.assigned,
        lists.unassigned,
        lists.urgent,
        lists.at_risk,
    ]
    .concat();
    let showing = read::show(&mut *db, &all).await?;
    let me = directory::find(&mut *db, actor.id).await?;
    let zone = me.map_or(Tz::UTC, |me| me.zone());
    let own = actions::stats::own_performance(&mut *db, now, actor.id, zone).await?;
    drop(db);
    // Urgent tickets of others are outlines, also for an agent whom a note mentions.
    let mut views = showing.tickets.iter().map(|one| {
        if Scope::of(&actor).includes(&one.ticket) {
            let whole = ticket::ticket(one, &showing.people, read::reader(&actor), now);
            Urgent::Whole(Box::new(whole))
        } else {
            Urgent::Outline(Box::new(glimpse(one, &showing.people, now)))
        }
    });
    let [
        assigned_tickets,
        unassigned_tickets,
        urgent_tickets,
        at_risk_tickets,
    ] = lengths.map(|length| views.by_ref().take(length).collect());
    let dashboard = Dashboard {
        assigned_tickets,
        unassigned_tickets,
        urgent_tickets,
        at_risk_tickets,
        current_workload: lists.workload,
        performance: own.today,
        performance_last7_days: own.last_7_days,
        performance_last30_days: own.last_30_days,
    };
    Ok(Answer::of("dashboard", dashboard))
}

pub(crate) fn operation() -> Operation {
    Operation::new("getDashboard", Access::Roles("agents and admins"), "Show your dashboard")
        .description(
            "Each list has at most 50 tickets. An urgent ticket that is assigned to another agent has only `ticketNumber`, \
             `subject`, `status`, `assignedTo` and `sla`.",
        )
        .answers::<Dashboard>("dashboard")
}
