//! Resolving, closing, rating and reopening a ticket. Pure.

use crate::tickets::{ActingAgent, TicketChange};
use crate::{
    ids::{TicketId, UserId},
    json::Json,
    people::Role,
    sla::Policy,
    tickets::{
        Attribution, NewRating, Resolution, ResolutionType, Status, TicketEventKind, TicketRefusal,
        Transition,
    },
};
use chrono::{DateTime, TimeDelta, Utc};

/// The resolution of a ticket that is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conclusion {
    /// The summary, for everybody.
    pub summary: String,
    /// The type of the resolution.
    pub resolution_type: ResolutionType,
    /// Notes, for staff only.
    pub resolution_notes: Option<String>,
    /// The ticket of which this one is a duplicate.
    pub duplicate: Option<Duplicate>,
}

/// The original of a duplicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duplicate {
    /// The original ticket.
    pub of: TicketId,
    /// Its customer.
    pub customer: UserId,
}

/// The input of a reopening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reopening {
    /// The reason.
    pub reason: String,
    /// The assignee: the previous one, or `None`.
    pub assignee: Option<UserId>,
    /// The new policy.
    pub policy: Policy,
    /// The longest time after closing; `None` for no limit.
    pub window: Option<TimeDelta>,
}

/// How a customer rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RatedBy {
    /// By the API, with an access token.
    SignedIn,
    /// By the link of a survey mail, which only the customer got.
    Survey {
        /// How often the ticket had been reopened when the mail was sent.
        cycle: i32,
        /// The customer.
        customer: UserId,
        /// The customer's present role.
        role: Role,
    },
}

impl TicketChange {
    /// Closes the ticket by hand. A ticket that is not resolved is resolved at the same instant; a resolved
    /// one keeps who resolved it and when.
    ///
    /// # Errors
    /// The ticket is closed.
    pub fn close(
        &mut self,
        conclusion: Conclusion,
        by: ActingAgent,
        now: DateTime<Utc>,
    ) -> Result<(), TicketRefusal> {
        let status = self.after(Transition::Close)?;
        debug_assert_eq!(status, Status::Closed);
        self.self_assign(by, now);
        let before = self.ticket.resolution.take();
        let before = before.map(|before| (before.resolved_by, before.resolved_at));
        let (resolved_by, resolved_at) = before.unwrap_or((Some(by.id()), now));
        let customer = self.ticket.customer_id;
        let resolution = Resolution {
            summary: Some(conclusion.summary),
            resolution_type: Some(conclusion.resolution_type),
            resolution_notes: conclusion.resolution_notes,
            duplicate_of: conclusion.duplicate.map(|other| other.of),
            duplicate_is_theirs: conclusion
                .duplicate
                .is_some_and(|other| other.customer == customer),
            resolved_by,
            resolved_at,
        };
        if self.ticket.status == Status::Resolved {
            self.ticket.resolution = Some(Json(resolution));
        } else {
            self.resolve(resolution, true, now);
        }
        self.end(now);
        Ok(())
    }

    /// Closes the ticket for its customer, who no longer needs help. The assignee stays, and the customer
    /// is recorded as the resolver.
    ///
    /// # Errors
    /// The ticket is resolved or closed.
    pub fn close_by_customer(
        &mut self,
        reason: Option<String>,
        now: DateTime<Utc>,
    ) -> Result<(), TicketRefusal> {
        let present = self.ticket.status;
        if !present.is_active() {
            return Err(TicketRefusal::NothingToClose { present });
        }
        let resolution = Resolution {
            summary: reason,
            resolution_type: Some(ResolutionType::Other),
            resolution_notes: None,
            duplicate_of: None,
            duplicate_is_theirs: false,
            resolved_by: Some(self.ticket.customer_id),
            resolved_at: now,
        };
        self.resolve(resolution, true, now);
        self.end(now);
        Ok(())
    }

    /// Closes a resolved ticket, some time after its resolution.
    ///
    /// # Errors
    /// The ticket is not resolved.
    pub fn close_resolved(&mut self, now: DateTime<Utc>) -> Result<(), TicketRefusal> {
        self.after(Transition::Set(Status::Closed))?;
        self.end(now);
        Ok(())
    }

    /// Resolves a ticket whose customer has not answered.
    ///
    /// # Errors
    /// The ticket does not wait for its customer.
    pub fn resolve_unanswered(&mut self, now: DateTime<Utc>) -> Result<(), TicketRefusal> {
        self.must_wait()?;
        let resolution = Resolution {
            summary: Some("Resolved because no answer came.".to_owned()),
            resolution_type: None,
            resolution_notes: None,
            duplicate_of: None,
            duplicate_is_theirs: false,
            resolved_by: None,
            resolved_at: now,
        };
        self.resolve(resolution, false, now);
        Ok(())
    }

    /// Records a reminder to the customer that an answer is awaited.
    ///
    /// # Errors
    /// The ticket does not wait for its customer.
    pub fn remind(&mut self, now: DateTime<Utc>) -> Result<(), TicketRefusal> {
        self.must_wait()?;
        self.ticket.reminded_at = Some(now);
        self.record(now, TicketEventKind::Reminded);
        Ok(())
    }

    fn must_wait(&self) -> Result<(), TicketRefusal> {
        match self.ticket.status {
            Status::WaitingCustomer => Ok(()),
            present => Err(TicketRefusal::Transition {
                present,
                wanted: Transition::Set(Status::Resolved),
            }),
        }
    }

    /// Reopens the ticket, for its previous assignee or unassigned, with a new resolution clock.
    ///
    /// # Errors
    /// The ticket is neither resolved nor closed, or was closed longer ago than the window.
    pub fn reopen(
        &mut self,
        reopening: Reopening,
        now: DateTime<Utc>,
    ) -> Result<(), TicketRefusal> {
        let status = self.after(Transition::Reopen)?;
        if let (Some(window), Some(closed)) = (reopening.window, self.ticket.closed_at)
            && now - closed > window
        {
            return Err(TicketRefusal::ReopenWindowOver {
                days: window.num_days(),
                number: self.ticket.number.clone(),
            });
        }
        let from = self.ticket.assigned_to;
        if let (None, Some(from)) = (reopening.assignee, from) {
            self.ticket.assigned_to = None;
            self.ticket.assigned_at = None;
            self.record(now, TicketEventKind::Unassigned { from });
        }
        self.ticket.reopened_count = self.ticket.reopened_count.saturating_add(1);
        self.ticket.resolution = None;
        self.ticket.resolved_at = None;
        self.ticket.closed_at = None;
        self.clocks.reopened(&reopening.policy, now);
        self.ticket.policy = Json(reopening.policy);
        self.become_status(status, now);
        let reason = reopening.reason;
        self.record(now, TicketEventKind::Reopened { reason });
        Ok(())
    }

    /// Rates the last resolution. It can be rated once.
    ///
    /// # Errors
    /// The ticket is not resolved, is rated already, or was reopened after the survey was sent.
    pub fn rate(
        &mut self,
        rating: NewRating,
        by: RatedBy,
        now: DateTime<Utc>,
    ) -> Result<(), TicketRefusal> {
        let by = match by {
            RatedBy::SignedIn => Attribution::Actor,
            RatedBy::Survey { cycle, .. } if cycle != self.ticket.reopened_count => {
                return Err(TicketRefusal::SurveyOver);
            }
            RatedBy::Survey { customer, role, .. } => Attribution::Person(customer, role),
        };
        let present = self.ticket.status;
        if present.is_active() {
            return Err(TicketRefusal::NotResolved { present });
        }
        if self.ticket.is_rated() {
            return Err(TicketRefusal::RatedAlready);
        }
        self.ticket.rating = Some(rating.rating);
        self.ticket.rating_feedback = rating.feedback;
        self.ticket.rated_at = Some(now);
        self.ticket.rated_for = self.ticket.resolved_for;
        self.ticket.rated_cycle = Some(self.ticket.reopened_count);
        let rated = TicketEventKind::Rated {
            rating: rating.rating,
        };
        let before = std::mem::replace(&mut self.by, by);
        self.record(now, rated);
        self.by = before;
        Ok(())
    }

    /// Resolves the ticket. `by_closing` says whether it is closed at the same instant.
    pub(super) fn resolve(&mut self, resolution: Resolution, by_closing: bool, now: DateTime<Utc>) {
        self.become_status(Status::Resolved, now);
        self.ticket.resolution = Some(Json(resolution));
        self.record(now, TicketEventKind::Resolved { by_closing });
    }

    /// Closes a resolved ticket.
    pub(super) fn end(&mut self, now: DateTime<Utc>) {
        self.become_status(Status::Closed, now);
        self.record(now, TicketEventKind::Closed);
    }
}
