//! The clocks of one ticket, and what its events do to them. Of each metric at most one clock
//! runs at a time, and the latest cycle is the one that counts. Pure.
//!
//! - Until the first public staff message the first-response clock covers whatever the customer
//!   writes. From then on the oldest unanswered customer message begins a next-response clock, if
//!   the policy has a target for it.
//! - Only the resolution clock stands still, and only while the customer has to answer.
//! - The calls that can bring something on record return it, to be written into the history; what
//!   is found when a clock stops is marked late.
//! - Whatever has not stopped runs by the policy of the ticket, which every call is given. When that
//!   changes, `reprioritised` or `reopened` come with it.

use crate::sla::{Metric, Policy, SlaClock, SlaFinding};
use crate::tickets::Status;
use chrono::{DateTime, Utc};

/// All clocks of a ticket, of all cycles, in any order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clocks(pub Vec<SlaClock>);

impl Clocks {
    /// The clocks of a ticket that is created.
    #[must_use]
    pub fn open(policy: &Policy, at: DateTime<Utc>) -> Self {
        let mut clocks = Self::default();
        clocks.begin(Metric::FirstResponse, policy, at);
        clocks.begin(Metric::Resolution, policy, at);
        clocks
    }

    /// The clock of this metric that counts: that of the latest cycle.
    #[must_use]
    pub fn latest(&self, metric: Metric) -> Option<&SlaClock> {
        let of_metric = self.0.iter().filter(|clock| clock.metric == metric);
        of_metric.max_by_key(|clock| clock.cycle)
    }

    /// Staff wrote a public message: the first response, or the next one.
    #[must_use = "what comes on record has to be told"]
    pub fn staff_replied(&mut self, policy: &Policy, at: DateTime<Utc>) -> Vec<SlaFinding> {
        let mut finding = self.stop(Metric::FirstResponse, policy, at);
        finding.extend(self.stop(Metric::NextResponse, policy, at));
        finding
    }

    /// The customer wrote. Begins a next-response clock where the first response has been given,
    /// no earlier message waits for an answer, and the policy has a target for it.
    pub fn customer_wrote(&mut self, policy: &Policy, at: DateTime<Utc>) {
        let answered = |metric| {
            let latest = self.latest(metric);
            latest.is_none_or(|clock| clock.stopped_at.is_some())
        };
        if answered(Metric::FirstResponse) && answered(Metric::NextResponse) {
            self.begin(Metric::NextResponse, policy, at);
        }
    }

    /// The customer has to answer: the status became `waiting_customer`.
    #[must_use = "what comes on record has to be told"]
    pub fn waiting(&mut self, policy: &Policy, at: DateTime<Utc>) -> Vec<SlaFinding> {
        match self.latest_mut(Metric::Resolution) {
            Some(clock) if policy.pause_when_waiting => clock.pause(at),
            Some(_) | None => Vec::new(),
        }
    }

    /// The status is `waiting_customer` no more.
    pub fn resumed(&mut self, policy: &Policy, at: DateTime<Utc>) {
        if let Some(clock) = self.latest_mut(Metric::Resolution) {
            clock.resume(policy.calendar.as_ref(), at);
        }
    }

    /// The ticket was resolved. That is also the response to whatever had none.
    #[must_use = "what comes on record has to be told"]
    pub fn resolved(&mut self, policy: &Policy, at: DateTime<Utc>) -> Vec<SlaFinding> {
        let mut finding = self.staff_replied(policy, at);
        finding.extend(self.stop(Metric::Resolution, policy, at));
        finding
    }

    /// The status changed. Taking a ticket up again is [`Clocks::reopened`] before this.
    #[must_use = "what comes on record has to be told"]
    pub fn status_changed(
        &mut self,
        policy: &Policy,
        (from, to): (Status, Status),
        at: DateTime<Utc>,
    ) -> Vec<SlaFinding> {
        if from == to {
            return Vec::new();
        }
        if from == Status::WaitingCustomer {
            self.resumed(policy, at);
        }
        match to {
            Status::WaitingCustomer => self.waiting(policy, at),
            Status::Resolved => self.resolved(policy, at),
            Status::Open
            | Status::Assigned
            | Status::InProgress
            | Status::WaitingInternal
            | Status::Escalated
            | Status::Reopened
            | Status::Closed => Vec::new(),
        }
    }

    /// The ticket was taken up again: a new cycle of the resolution clock. The first response
    /// stays what it was, and a next response is due once the customer writes.
    pub fn reopened(&mut self, policy: &Policy, at: DateTime<Utc>) {
        let resolution = self.latest(Metric::Resolution);
        if resolution.is_none_or(|clock| clock.stopped_at.is_some()) {
            self.begin(Metric::Resolution, policy, at);
        }
    }

    /// The ticket has another policy and is in `status`. Whatever has not stopped gets the new
    /// targets from its original start. A next-response clock ends where the new policy has no
    /// target for it; where the new policy alone has one, the next customer message begins it.
    #[must_use = "what comes on record has to be told"]
    pub fn reprioritised(
        &mut self,
        policy: &Policy,
        status: Status,
        at: DateTime<Utc>,
    ) -> Vec<SlaFinding> {
        let mut finding = Vec::new();
        for clock in self.0.iter_mut().filter(|clock| clock.stopped_at.is_none()) {
            finding.extend(match policy.terms(clock.metric) {
                Some(terms) => clock.retarget(&terms, at),
                None => clock.stop(policy.calendar.as_ref(), at),
            });
        }
        if status == Status::WaitingCustomer && policy.pause_when_waiting {
            finding.extend(self.waiting(policy, at));
        } else {
            self.resumed(policy, at);
        }
        finding
    }

    /// The next deadline of those that run; none when none does.
    #[must_use]
    pub fn next_deadline(&self) -> Option<DateTime<Utc>> {
        let running = self.0.iter().filter(|clock| clock.is_running());
        running.map(|clock| clock.due_at).min()
    }

    /// Puts on record what is due by `now`.
    #[must_use = "what comes on record has to be told"]
    pub fn sweep(&mut self, now: DateTime<Utc>) -> Vec<SlaFinding> {
        self.0
            .iter_mut()
            .flat_map(|clock| clock.sweep(now))
            .collect()
    }

    fn begin(&mut self, metric: Metric, policy: &Policy, at: DateTime<Utc>) {
        if let Some(terms) = policy.terms(metric) {
            let cycle = self.latest(metric).map_or(1, |clock| clock.cycle + 1);
            self.0.push(SlaClock::start(metric, cycle, &terms, at));
        }
    }

    fn stop(&mut self, metric: Metric, policy: &Policy, at: DateTime<Utc>) -> Vec<SlaFinding> {
        self.latest_mut(metric)
            .map(|clock| clock.stop(policy.calendar.as_ref(), at))
            .unwrap_or_default()
    }

    fn latest_mut(&mut self, metric: Metric) -> Option<&mut SlaClock> {
        let of_metric = self.0.iter_mut().filter(|clock| clock.metric == metric);
        of_metric.max_by_key(|clock| clock.cycle)
    }
}

#[cfg(test)]
mod tests;
