//! The clocks of one ticket, and the effects of its changes on them. Of each metric at most one clock
//! runs at a time, and the latest cycle counts. Pure.
//!
//! - Until the first public staff message, the first-response clock covers all customer messages. After
//!   it, the oldest unanswered customer message starts a next-response clock, if the policy has a target
//!   for it.
//! - Only the resolution clock is ever paused, and only while the ticket waits for the customer.
//! - Methods that can detect warnings or breaches return them, for the history. Findings of a clock that
//!   stops are marked as detected after the stop.
//! - Clocks that have not stopped follow the ticket's policy, which is a parameter of each method. A change
//!   of the policy needs `reprioritised` or `reopened`.

use crate::sla::{Metric, Policy, SlaClock, SlaFinding};
use crate::status::Status;
use chrono::{DateTime, Utc};

/// All clocks of a ticket, of all cycles and in any order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clocks(pub Vec<SlaClock>);

impl Clocks {
    /// The clocks of a new ticket.
    #[must_use]
    pub fn open(policy: &Policy, at: DateTime<Utc>) -> Self {
        let mut clocks = Self::default();
        clocks.begin(Metric::FirstResponse, policy, at);
        clocks.begin(Metric::Resolution, policy, at);
        clocks
    }

    /// The clock of this metric in its latest cycle, which is the one that counts.
    #[must_use]
    pub fn latest(&self, metric: Metric) -> Option<&SlaClock> {
        let of_metric = self.0.iter().filter(|clock| clock.metric == metric);
        of_metric.max_by_key(|clock| clock.cycle)
    }

    /// Staff wrote a public message: the first or the next response.
    #[must_use = "findings belong in the history"]
    pub fn staff_replied(&mut self, policy: &Policy, at: DateTime<Utc>) -> Vec<SlaFinding> {
        let mut findings = self.stop(Metric::FirstResponse, policy, at);
        findings.extend(self.stop(Metric::NextResponse, policy, at));
        findings
    }

    /// The customer wrote a message. Starts a next-response clock, if the first response is given, no
    /// earlier message is unanswered, and the policy has a target for it.
    pub fn customer_wrote(&mut self, policy: &Policy, at: DateTime<Utc>) {
        let answered = |metric| {
            let latest = self.latest(metric);
            latest.is_none_or(|clock| clock.stopped_at.is_some())
        };
        if answered(Metric::FirstResponse) && answered(Metric::NextResponse) {
            self.begin(Metric::NextResponse, policy, at);
        }
    }

    /// The status became `waiting_customer`. Pauses the resolution clock, if the policy says so.
    #[must_use = "findings belong in the history"]
    pub fn waiting(&mut self, policy: &Policy, at: DateTime<Utc>) -> Vec<SlaFinding> {
        match self.latest_mut(Metric::Resolution) {
            Some(clock) if policy.pause_when_waiting => clock.pause(at),
            Some(_) | None => Vec::new(),
        }
    }

    /// The status is no longer `waiting_customer`. Resumes the resolution clock.
    pub fn resumed(&mut self, policy: &Policy, at: DateTime<Utc>) {
        if let Some(clock) = self.latest_mut(Metric::Resolution) {
            clock.resume(policy.calendar.as_ref(), at);
        }
    }

    /// The ticket was resolved. Stops all its clocks: the resolution is also the response to unanswered messages.
    #[must_use = "findings belong in the history"]
    pub fn resolved(&mut self, policy: &Policy, at: DateTime<Utc>) -> Vec<SlaFinding> {
        let mut findings = self.staff_replied(policy, at);
        findings.extend(self.stop(Metric::Resolution, policy, at));
        findings
    }

    /// The status changed. For a reopening, [`Clocks::reopened`] comes before this.
    #[must_use = "findings belong in the history"]
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

    /// The ticket was reopened. Starts a new cycle of the resolution clock. The first-response clock stays
    /// as it is, and the next customer message starts a next-response clock.
    pub fn reopened(&mut self, policy: &Policy, at: DateTime<Utc>) {
        let resolution = self.latest(Metric::Resolution);
        if resolution.is_none_or(|clock| clock.stopped_at.is_some()) {
            self.begin(Metric::Resolution, policy, at);
        }
    }

    /// The ticket, in `status`, has another policy. Clocks that have not stopped get the new targets, from
    /// their original start. A next-response clock stops if the new policy has no target for it. If only
    /// the new policy has one, the next customer message starts the clock.
    #[must_use = "findings belong in the history"]
    pub fn reprioritised(
        &mut self,
        policy: &Policy,
        status: Status,
        at: DateTime<Utc>,
    ) -> Vec<SlaFinding> {
        let mut findings = Vec::new();
        for clock in self.0.iter_mut().filter(|clock| clock.stopped_at.is_none()) {
            findings.extend(match policy.target(clock.metric) {
                Some(target) => clock.retarget(&target, at),
                None => clock.stop(policy.calendar.as_ref(), at),
            });
        }
        if status == Status::WaitingCustomer && policy.pause_when_waiting {
            findings.extend(self.waiting(policy, at));
        } else {
            self.resumed(policy, at);
        }
        findings
    }

    /// The earliest deadline of the running clocks; `None` if no clock runs.
    #[must_use]
    pub fn next_deadline(&self) -> Option<DateTime<Utc>> {
        let running = self.0.iter().filter(|clock| clock.is_running());
        running.map(|clock| clock.due_at).min()
    }

    /// Records the warnings and breaches that are due by `now`, and returns them.
    #[must_use = "findings belong in the history"]
    pub fn sweep(&mut self, now: DateTime<Utc>) -> Vec<SlaFinding> {
        self.0
            .iter_mut()
            .flat_map(|clock| clock.sweep(now))
            .collect()
    }

    fn begin(&mut self, metric: Metric, policy: &Policy, at: DateTime<Utc>) {
        if let Some(target) = policy.target(metric) {
            let cycle = self.latest(metric).map_or(1, |clock| clock.cycle + 1);
            self.0.push(SlaClock::start(metric, cycle, &target, at));
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
