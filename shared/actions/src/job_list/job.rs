//! Every job of the system: its payload, then its row. A payload has only ids. Its name is the serde tag, which stays
//! when the variant is renamed. To change a payload, add a field with a default; or add a variant and keep the old
//! one until no row has it. Pure.

use crate::job_list::{
    JobSpec,
    delivery::{Delivery, Parcel},
    spec::{job, seconds, tried},
};
use domain::{
    channel::Channel,
    ids::{DigestId, EventId, NotificationId, ResetRequestId, TicketId, UserId, WebhookDeliveryId},
    queue::Queue,
};
use jobs::ledger::{LEASED_LIMIT, NAME, RUN_LIMIT, SWEEP_LIMIT};
use jobs::policy::Policy;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::{Value, json};
use std::time::Duration;

/// A job. To add one: a variant, and its row in [`Job::spec`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case", remote = "Self")]
pub enum Job {
    /// Assign a ticket automatically.
    AssignTicket {
        /// The ticket.
        ticket: TicketId,
    },
    /// Assign unassigned tickets to an agent who has free capacity.
    #[serde(rename = "fill_agent")]
    AssignToAvailableAgent {
        /// The agent.
        agent: UserId,
    },
    /// Sweep: assign the unassigned tickets of all queues.
    AssignWaiting,
    /// Decide who is notified of an event, and on which channels.
    PlanNotifications {
        /// The event.
        event: EventId,
    },
    /// Notify the agents of a department of a new ticket, if nobody could be assigned.
    TellOfWaiting {
        /// The ticket.
        ticket: TicketId,
    },
    /// Return the active tickets of a person who is no longer an agent to the queue.
    ReleaseTickets {
        /// The former agent.
        agent: UserId,
    },
    /// Mail a link for a new password, if the requested address has an account.
    RequestPasswordReset {
        /// The request.
        request: ResetRequestId,
    },
    /// Tell the owner of failed logins, if the reported address has an account.
    TellOfFailures {
        /// The report, which is stored like a request for a new password.
        request: ResetRequestId,
    },
    /// Deliver a notification on a channel. The stored name is that of the channel ([`Channel::spec`]).
    #[serde(skip)]
    Deliver(Delivery),
    /// Make one attempt to send an event to a webhook.
    DeliverWebhook {
        /// The delivery.
        delivery: WebhookDeliveryId,
    },
    /// Sweep: record warnings and breaches that are due.
    SweepSla,
    /// Sweep: close tickets resolved long ago; remind customers of a question, or resolve their tickets.
    AutoClose,
    /// Sweep: update the aggregates of the statistics.
    RollUpStats,
    /// Sweep: delete expired rows and files.
    Prune,
}

/// The policy of most jobs.
const USUAL: Policy = tried(10, seconds(2, 600), RUN_LIMIT);

impl Job {
    /// The row of a job. The delays of a unique job are short, since its successor is not enqueued while it waits. A
    /// delivery may take hours, since a provider may refuse it for so long.
    #[must_use]
    pub const fn spec(&self) -> JobSpec {
        match *self {
            Self::AssignTicket { ticket } => job("assign_ticket", Queue::Assignment, USUAL)
                .urgent()
                .about(ticket),
            Self::AssignToAvailableAgent { .. } => {
                let policy = tried(10, seconds(2, 600), SWEEP_LIMIT);
                job("fill_agent", Queue::Assignment, policy).urgent()
            }
            Self::AssignWaiting => {
                let policy = tried(10, seconds(1, 15), Duration::from_mins(1));
                job("assign_waiting", Queue::Assignment, policy).unique()
            }
            Self::PlanNotifications { .. } => job("plan_notifications", Queue::Notify, USUAL),
            Self::TellOfWaiting { ticket } => {
                job("tell_of_waiting", Queue::Notify, USUAL).about(ticket)
            }
            Self::ReleaseTickets { .. } => {
                let policy = tried(10, seconds(2, 600), SWEEP_LIMIT);
                job("release_tickets", Queue::Assignment, policy).urgent()
            }
            Self::RequestPasswordReset { .. } => {
                let policy = tried(10, seconds(2, 120), Duration::from_secs(15));
                job("request_password_reset", Queue::Notify, policy).urgent()
            }
            Self::TellOfFailures { .. } => job("tell_of_failures", Queue::Notify, USUAL).urgent(),
            Self::Deliver(delivery) => {
                let channel = delivery.channel.spec();
                let policy = tried(12, seconds(10, 3_600), LEASED_LIMIT);
                job(channel.job, channel.queue, policy).delivering(delivery)
            }
            // The attempts of the delivery are in its row: these are for the database alone.
            Self::DeliverWebhook { .. } => {
                let policy = tried(10, seconds(2, 600), Duration::from_mins(1));
                job("deliver_webhook", Queue::Webhooks, policy)
            }
            Self::SweepSla => {
                let policy = tried(10, seconds(1, 15), SWEEP_LIMIT);
                job("sweep_sla", Queue::Sweeps, policy).urgent().unique()
            }
            Self::AutoClose => {
                let policy = tried(10, seconds(1, 15), SWEEP_LIMIT);
                job("auto_close", Queue::Sweeps, policy).unique()
            }
            Self::RollUpStats => {
                let policy = tried(10, seconds(1, 15), SWEEP_LIMIT);
                job("roll_up_stats", Queue::Bulk, policy).urgent().unique()
            }
            Self::Prune => {
                let policy = tried(10, seconds(1, 15), SWEEP_LIMIT);
                job("prune", Queue::Bulk, policy).unique()
            }
        }
    }

    /// The name in the database, in logs and in metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.spec().name
    }
}

/// The stored payload of a delivery, without its name: one of the two.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum DeliveryPayload {
    Notification(NotificationId),
    Digest(DigestId),
}

impl From<DeliveryPayload> for Parcel {
    fn from(payload: DeliveryPayload) -> Self {
        match payload {
            DeliveryPayload::Notification(id) => Self::Notification(id),
            DeliveryPayload::Digest(id) => Self::Digest(id),
        }
    }
}

impl Serialize for Job {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if let Self::Deliver(Delivery { parcel, .. }) = self {
            let stored = match parcel {
                Parcel::Notification(id) => json!({NAME: self.name(), "notification": id}),
                Parcel::Digest(id) => json!({NAME: self.name(), "digest": id}),
            };
            return stored.serialize(to);
        }
        // The derived implementation, for all other jobs.
        Self::serialize(self, to)
    }
}

impl<'de> Deserialize<'de> for Job {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut payload = Value::deserialize(from)?;
        let name = payload.get(NAME).and_then(Value::as_str);
        let channel = Channel::ALL
            .iter()
            .find(|channel| name == Some(channel.spec().job));
        if let (Some(channel), Some(fields)) = (channel, payload.as_object_mut()) {
            // Of an enum, serde reads an object with one field.
            fields.retain(|field, _| ["notification", "digest"].contains(&field.as_str()));
            let payload = DeliveryPayload::deserialize(payload).map_err(D::Error::custom)?;
            return Ok(Self::Deliver(Delivery {
                channel: *channel,
                parcel: payload.into(),
            }));
        }
        Self::deserialize(payload).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use uuid::Uuid;

    /// The names of all jobs: those in the message of serde for an unknown name, and those of deliveries.
    fn names() -> Vec<String> {
        let unknown = serde_json::from_value::<Job>(json!({NAME: "no_such_job"})).unwrap_err();
        let told = unknown.to_string();
        let (_, known) = told.split_once("expected one of ").unwrap();
        let known = known
            .split(", ")
            .map(|name| name.trim_matches('`').to_owned());
        let deliveries = Channel::ALL
            .iter()
            .map(|channel| channel.spec().job.to_owned());
        known.chain(deliveries).collect()
    }

    fn payload(name: &str) -> Value {
        let id = Uuid::from_u128(7);
        json!({NAME: name, "ticket": id, "agent": id, "event": id, "notification": id, "request": id, "delivery": id})
    }

    #[test]
    fn every_job_is_stored_under_the_name_in_its_row_and_read_again() {
        assert_eq!(names().len(), 16);
        for name in names() {
            let job: Job = serde_json::from_value(payload(&name)).unwrap();
            assert_eq!(job.spec().name, name);
            let stored = serde_json::to_value(&job).unwrap();
            assert_eq!(stored[NAME], json!(name));
            assert_eq!(serde_json::from_value::<Job>(stored).unwrap(), job);
        }
    }

    #[test]
    fn no_two_jobs_have_one_name_and_a_job_that_waits_once_has_its_name_as_its_key() {
        let names = names();
        let different: BTreeSet<&String> = names.iter().collect();
        assert_eq!(different.len(), names.len(), "{names:?}");
        for name in &names {
            let spec = serde_json::from_value::<Job>(payload(name)).unwrap().spec();
            assert!(spec.unique_key.is_none_or(|key| key == name), "{spec:?}");
        }
    }

    #[test]
    fn a_delivery_is_stored_with_its_name_and_its_notification_alone() {
        let delivery = Delivery::of(Channel::Email, NotificationId(Uuid::from_u128(7)));
        let stored = serde_json::to_value(Job::Deliver(delivery)).unwrap();
        let id = "00000000-0000-0000-0000-000000000007";
        assert_eq!(stored, json!({"job": "deliver_email", "notification": id}));
        assert_eq!(Job::Deliver(delivery).spec().delivers, Some(delivery));
        let nobody = json!({"job": "deliver_email"});
        assert!(serde_json::from_value::<Job>(nobody).is_err());
    }

    #[test]
    fn a_job_whose_payload_names_a_ticket_is_about_that_ticket() {
        let ticket = TicketId(Uuid::from_u128(7));
        assert_eq!(Job::AssignTicket { ticket }.spec().ticket, Some(ticket));
        let agent = UserId(Uuid::from_u128(8));
        for job in [Job::AssignToAvailableAgent { agent }, Job::SweepSla] {
            assert_eq!(job.spec().ticket, None, "{}", job.name());
        }
    }
}
