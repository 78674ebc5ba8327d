//! An agent's acts. Before other work the agent sets the status to in progress, and the first message
//! greets the customer.

use super::{
    act::Act,
    people::{Agent, People, Somebody},
    script::phrases,
    world::World,
};
use actions::{
    error::ActionError,
    tickets::{EscalateTo, Target},
};
use anyhow::Result;
use chrono::TimeDelta;
use domain::tickets::{NewMessage, Priority, Status, Ticket, Visibility};
use platform::work::UnitOfWork;

/// An agent with a ticket, in working hours.
pub(super) struct AtWork<'a> {
    pub world: &'a World,
    pub people: &'a People,
    pub agent: &'a Agent,
    pub ticket: &'a Ticket,
    pub customer: &'a Somebody,
}

impl AtWork<'_> {
    /// Does the act by the actions that an agent's requests use.
    pub async fn does(&self, act: Act) -> Result<()> {
        if !matches!(act, Act::Close(_) | Act::Escalate(_) | Act::Raise) {
            self.start().await?;
        }
        match act {
            Act::Reply(text) => self.say(text, Visibility::Public).await,
            Act::Note(text) => self.say(text, Visibility::Internal).await,
            Act::Ask(text) => {
                self.say(text, Visibility::Public).await?;
                self.set(Status::WaitingCustomer, None).await
            }
            Act::AwaitColleague(note) => {
                self.set(Status::WaitingInternal, Some(self.name_people(&note)))
                    .await
            }
            Act::Resolve => self.set(Status::Resolved, None).await,
            Act::Raise => self.raise().await,
            Act::Escalate(reason) => {
                let target = self.target();
                let to = EscalateTo::NextLevel;
                self.by(async |work| actions::tickets::escalate(work, &target, to, reason).await)
                    .await?;
                Ok(())
            }
            Act::Close(closing) => {
                let target = self.target();
                self.by(async |work| actions::tickets::close(work, &target, closing).await)
                    .await?;
                Ok(())
            }
            Act::Start
            | Act::Open(_)
            | Act::CloseAsDuplicate
            | Act::Write(_)
            | Act::Reopen(_)
            | Act::Rate(_) => Ok(()),
        }
    }

    async fn by(
        &self,
        action: impl AsyncFnOnce(&mut UnitOfWork<'_>) -> Result<Ticket, ActionError>,
    ) -> Result<()> {
        self.world.by(self.agent.person.actor, action).await?;
        Ok(())
    }

    fn target(&self) -> Target {
        Target::from(self.ticket.id)
    }

    /// Sets the status to in progress before other work.
    async fn start(&self) -> Result<()> {
        match self.ticket.status {
            Status::Open
            | Status::Assigned
            | Status::WaitingInternal
            | Status::Escalated
            | Status::Reopened => self.set(Status::InProgress, None).await,
            Status::InProgress | Status::WaitingCustomer | Status::Resolved | Status::Closed => {
                Ok(())
            }
        }
    }

    async fn set(&self, status: Status, notes: Option<String>) -> Result<()> {
        let target = self.target();
        self.by(async |work| actions::tickets::set_status(work, &target, status, notes).await)
            .await?;
        self.world.clock.advance(TimeDelta::seconds(11));
        Ok(())
    }

    /// The first words to a customer begin with a greeting.
    async fn say(&self, text: String, visibility: Visibility) -> Result<()> {
        let greets = visibility == Visibility::Public && self.ticket.first_response_at.is_none();
        let text = if greets {
            format!("{} {text}", phrases(self.customer.language).greeting)
        } else {
            text
        };
        let message = NewMessage {
            visibility,
            ..public(self.name_people(&text))
        };
        let target = self.target();
        self.by(async |work| {
            let (ticket, _) = actions::tickets::reply(work, &target, message).await?;
            Ok(ticket)
        })
        .await?;
        self.world.clock.advance(TimeDelta::seconds(23));
        Ok(())
    }

    async fn raise(&self) -> Result<()> {
        let higher = match self.ticket.priority {
            Priority::Low => Priority::Medium,
            Priority::Medium => Priority::High,
            Priority::High | Priority::Urgent => return Ok(()),
        };
        let target = self.target();
        self.by(async |work| actions::tickets::set_priority(work, &target, higher).await)
            .await?;
        Ok(())
    }

    fn name_people(&self, text: &str) -> String {
        let colleague = self
            .people
            .agents
            .iter()
            .filter(|other| other.employee_id != self.agent.employee_id)
            .filter(|other| other.department == self.agent.department)
            .max_by_key(|other| other.level);
        text.replace("{customer}", self.customer.first_name)
            .replace("{agent}", self.agent.person.first_name)
            .replace(
                "{colleague}",
                colleague.map_or("BT-103", |other| other.employee_id),
            )
    }
}

/// A message that everybody on the ticket may read.
pub(super) fn public(body: String) -> NewMessage {
    NewMessage {
        body,
        attachments: Vec::new(),
        visibility: Visibility::Public,
    }
}
