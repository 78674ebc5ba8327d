//! Tags, and the rules that hold for every row.

use super::*;
use crate::sla::{SlaFinding, SlaFindingKind};

#[test]
fn the_name_of_an_event_is_its_tag() {
    let text = || "text".to_owned();
    for kind in [
        TicketEventKind::Created,
        TicketEventKind::SubjectChanged {
            from: text(),
            to: text(),
        },
        TicketEventKind::RelatedChanged {
            reference: Related::Booking,
            from: None,
            to: Some(text()),
        },
        TicketEventKind::TagsChanged {
            from: vec![text()],
            to: Vec::new(),
        },
        TicketEventKind::DepartmentChanged {
            from: Department::General,
            to: Department::Billing,
        },
        TicketEventKind::Reminded,
    ] {
        let kept = serde_json::to_value(&kind).unwrap();
        assert_eq!(kept["type"], kind.name());
        assert_eq!(
            serde_json::from_value::<TicketEventKind>(kept).unwrap(),
            kind
        );
    }
}

#[test]
fn every_event_that_notifies_somebody_is_planned() {
    let user = |number| UserId(uuid::Uuid::from_u128(number));
    let message = MessageId(uuid::Uuid::from_u128(3));
    let (metric, cycle, detected_after_stop, due_at) =
        (Metric::Resolution, 1, false, DateTime::UNIX_EPOCH);
    let escalated = |to| TicketEventKind::Escalated {
        level: 1,
        from: None,
        to,
        reason: String::new(),
        automatic: true,
    };
    let status = |to| TicketEventKind::StatusChanged {
        from: Status::InProgress,
        to,
    };
    let statuses = Status::ALL.iter().copied().map(status);
    let others = [
        TicketEventKind::Created,
        TicketEventKind::Assigned {
            from: None,
            to: user(1),
            reason: None,
        },
        TicketEventKind::Unassigned { from: user(1) },
        TicketEventKind::MessageAdded { message },
        TicketEventKind::NoteAdded { message },
        escalated(Some(user(2))),
        escalated(None),
        TicketEventKind::Resolved { by_closing: false },
        TicketEventKind::Resolved { by_closing: true },
        TicketEventKind::Closed,
        TicketEventKind::Reopened {
            reason: String::new(),
        },
        TicketEventKind::SlaAtRisk {
            metric,
            cycle,
            percent: None,
            due_at,
            detected_after_stop,
        },
        TicketEventKind::SlaBreached {
            metric,
            cycle,
            detected_after_stop,
        },
        TicketEventKind::Reminded,
    ];
    for kind in statuses.chain(others) {
        let spec = kind.spec();
        let is_planned = spec.follow_ups.contains(&FollowUp::PlanNotifications);
        assert!(spec.notifies.is_empty() || is_planned, "{kind:?}");
        let falls = spec.follow_ups.contains(&FollowUp::FillPrevious);
        assert!(kind.previous_assignee().is_none() || falls, "{kind:?}");
    }
}

#[test]
fn the_event_of_a_finding_has_its_details() {
    let (metric, cycle) = (Metric::Resolution, 1);
    let due_at = DateTime::UNIX_EPOCH;
    let event = |kind| {
        TicketEventKind::from(SlaFinding {
            metric,
            cycle,
            kind,
            at: due_at,
            due_at,
            detected_after_stop: true,
        })
    };
    assert_eq!(
        event(SlaFindingKind::Warning { percent: 80 }),
        TicketEventKind::SlaAtRisk {
            metric,
            cycle,
            percent: Some(80),
            due_at,
            detected_after_stop: true,
        }
    );
    assert_eq!(
        event(SlaFindingKind::Breach),
        TicketEventKind::SlaBreached {
            metric,
            cycle,
            detected_after_stop: true,
        }
    );
}
