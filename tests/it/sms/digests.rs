//! Digests: several notifications in one message, which is sent, unknown or refused as a whole.

use super::{Played, Rig, provider::Answers};
use actions::job_list::{self, Delivery, Job, Parcel};
use domain::{actor::Initiator, channel::Channel, ids::DigestId, ids::NotificationId};

impl Rig {
    /// A digest of the last notification and of one about another ticket, and its delivery.
    async fn gathers(&mut self) -> (DigestId, [NotificationId; 2]) {
        let first = self.plan().await;
        let other = self.customer.asks("general", "low").await;
        let to = serde_json::json!({"reason": "It burns.", "escalatedTo": self.agent.id()});
        self.admin.does("escalate", &other, to).await.ok();
        self.ticket = other;
        let second = self.plan().await;
        let mut work = self.app.cx.begin(Initiator::System).await.unwrap();
        let digest = DigestId(work.cx.ids.uuid(work.now()));
        let ids = [first, second];
        for id in ids {
            let held = "update notifications set status = 'gathered' where id = $1";
            sqlx::query(held)
                .bind(id.0)
                .execute(&mut *work.tx)
                .await
                .unwrap();
            let gone = "delete from jobs where payload->>'notification' = $1";
            sqlx::query(gone)
                .bind(id.to_string())
                .execute(&mut *work.tx)
                .await
                .unwrap();
        }
        sqlx::query(
            "with new as (
                insert into digests (id, user_id, channel, quiet, status, due_at, created_at)
                values ($1, $2::uuid, 'sms', false, 'gathering', $3, $3) returning id)
            insert into digest_entries (digest_id, notification_id) select $1, unnest($4::uuid[])",
        )
        .bind(digest.0)
        .bind(self.agent.id())
        .bind(work.now())
        .bind(ids.map(|id| id.0).to_vec())
        .execute(&mut *work.tx)
        .await
        .unwrap();
        let delivery = Delivery {
            channel: Channel::Sms,
            parcel: Parcel::Digest(digest),
        };
        job_list::enqueue(&mut work, &Job::Deliver(delivery))
            .await
            .unwrap();
        work.commit().await.unwrap();
        self.app.run_due().await;
        (digest, ids)
    }

    async fn digest_status(&self, digest: DigestId) -> String {
        sqlx::query_scalar("select status from digests where id = $1")
            .bind(digest.0)
            .fetch_one(&self.app.cx.pool)
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn a_digest_is_one_message_with_the_numbers_of_its_tickets() {
    for played in super::BOTH {
        let mut rig = Rig::new(played).await;
        let (digest, ids) = rig.gathers().await;
        let arrived = rig.provider.arrived();
        assert_eq!(arrived.len(), 1);
        let field = if played == Played::Twilio {
            "Body"
        } else {
            "message"
        };
        let text = &arrived[0].form[field];
        assert!(text.starts_with("2 tickets need you: TKT-"), "{text}");
        assert_eq!(text.matches("TKT-").count(), 2, "{text}");
        assert_eq!(rig.digest_status(digest).await, "sent");
        for id in ids {
            assert_eq!(rig.status(id).await, "sent");
        }
        let message = rig.message(NotificationId(digest.0)).await;
        assert_eq!(message.0, Some(super::provider::id(played, 1)));
    }
}

#[tokio::test]
async fn a_digest_that_may_have_been_sent_is_settled_with_all_that_it_told() {
    for (report, code, expected) in [("delivered", "", "sent"), ("failed", "30008", "failed")] {
        let mut rig = Rig::new(Played::Twilio).await;
        rig.provider.answers(Answers::Half);
        let (digest, ids) = rig.gathers().await;
        assert_eq!(rig.digest_status(digest).await, "unknown");
        for id in ids {
            assert_eq!(rig.state(id).await.0, "unknown");
        }
        rig.after(chrono::TimeDelta::hours(1)).await;
        assert_eq!(rig.provider.arrived().len(), 1, "it is not sent again");
        rig.twilio_says(NotificationId(digest.0), "SM1", report, code)
            .await;
        assert_eq!(rig.digest_status(digest).await, expected);
        for id in ids {
            assert_eq!(rig.status(id).await, expected);
        }
    }
}
