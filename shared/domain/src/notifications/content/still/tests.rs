//! Every template, with changes of the ticket between event and delivery.

use super::*;
use crate::{
    channel::Channel,
    ids::{MessageId, NotificationId, TicketId, UserId},
    notifications::{
        Audience, NotificationStatus,
        content::{Decision, Recipient, TicketFacts},
    },
    people::{Department, Role},
    tickets::{Priority, TicketNumber, access::Mention},
};
use chrono::TimeDelta;
use uuid::Uuid;

const AMINA: UserId = UserId(Uuid::from_u128(1));
const SARAH: UserId = UserId(Uuid::from_u128(2));
const KIM: UserId = UserId(Uuid::from_u128(3));

fn now() -> DateTime<Utc> {
    "2025-10-01T08:00:00Z".parse().unwrap()
}

fn kind(template: Template) -> TicketEventKind {
    let message = MessageId(Uuid::from_u128(9));
    let reason = "why".to_owned();
    let escalated = |to| TicketEventKind::Escalated {
        level: 1,
        from: None,
        to,
        reason: "why".to_owned(),
        automatic: false,
    };
    let (metric, cycle, detected_after_stop) = (Metric::Resolution, 1, false);
    match template {
        Template::TicketAssigned | Template::WorkAssigned => TicketEventKind::Assigned {
            from: None,
            to: SARAH,
            reason: None,
        },
        Template::AnswerAwaited => TicketEventKind::StatusChanged {
            from: Status::InProgress,
            to: Status::WaitingCustomer,
        },
        Template::AnswerReminder => TicketEventKind::Reminded,
        Template::StaffReplied | Template::CustomerReplied => {
            TicketEventKind::MessageAdded { message }
        }
        Template::Mentioned | Template::NoteAdded => TicketEventKind::NoteAdded { message },
        Template::StatusChanged | Template::WorkStatusChanged => TicketEventKind::StatusChanged {
            from: Status::Assigned,
            to: Status::InProgress,
        },
        Template::TicketResolved | Template::EscalationResolved => {
            TicketEventKind::Resolved { by_closing: false }
        }
        Template::TicketClosed => TicketEventKind::Closed,
        Template::WorkReopened => TicketEventKind::Reopened { reason },
        Template::EscalatedToYou => escalated(Some(SARAH)),
        Template::EscalatedToNobody => escalated(None),
        Template::SlaAtRisk => TicketEventKind::SlaAtRisk {
            metric,
            cycle,
            percent: Some(80),
            due_at: now() + TimeDelta::minutes(5),
            detected_after_stop,
        },
        Template::SlaBreached => TicketEventKind::SlaBreached {
            metric,
            cycle,
            detected_after_stop,
        },
        Template::TicketReceived
        | Template::TicketWaiting
        | Template::ConfirmEmail
        | Template::ResetPassword
        | Template::PasswordChanged
        | Template::EmailChanged
        | Template::TooManyFailures
        | Template::WebhookDisabled => TicketEventKind::Created,
    }
}

/// The status of a ticket after the event of a template.
fn status(template: Template) -> Status {
    match template {
        Template::AnswerAwaited | Template::AnswerReminder => Status::WaitingCustomer,
        Template::TicketResolved | Template::EscalationResolved => Status::Resolved,
        Template::TicketClosed => Status::Closed,
        Template::EscalatedToNobody => Status::Escalated,
        _ => Status::InProgress,
    }
}

fn person(template: Template) -> Recipient {
    let (id, role) = if template.audience() == Audience::Customer {
        (AMINA, Role::Customer)
    } else {
        (SARAH, Role::Support)
    };
    Recipient {
        id,
        first_name: "A".to_owned(),
        last_name: "B".to_owned(),
        email: "a@example.com".to_owned(),
        phone_number: None,
        confirmed: true,
        role,
        language: "en".to_owned(),
        timezone: chrono_tz::UTC,
        active: true,
    }
}

/// A mail that is delivered right after its event.
fn content(template: Template) -> Content {
    Content {
        id: NotificationId(Uuid::from_u128(4)),
        template,
        channel: Channel::Email,
        status: NotificationStatus::Pending,
        person: person(template),
        at: now(),
        kind: kind(template),
        actor: None,
        ticket: TicketFacts {
            id: TicketId(Uuid::from_u128(5)),
            number: TicketNumber::new(now(), 1),
            subject: "Help".to_owned(),
            status: status(template),
            priority: Priority::Medium,
            department: Department::General,
            customer_id: AMINA,
            customer: "Amina".to_owned(),
            assigned_to: Some(SARAH).filter(|_| {
                !matches!(
                    template,
                    Template::EscalatedToNobody | Template::TicketWaiting
                )
            }),
            agent: None,
            summary: None,
            cycle: 0,
        },
        since: Since::default(),
        clock: Some(ClockFacts {
            warn_at: now() - TimeDelta::minutes(1),
            due_at: now() + TimeDelta::minutes(5),
            running: true,
            stopped: false,
            breached: false,
        }),
        next_deadline: None,
        text: None,
        files: Vec::new(),
        is_redacted: false,
        // The plan notifies of a note only agents whom it mentions.
        mention: if template == Template::Mentioned {
            Mention::Mentioned
        } else {
            Mention::NotMentioned
        },
        is_wanted: true,
        is_read: false,
        quiet_hours: Vec::new(),
    }
}

/// The templates about tickets that are still due after a change.
fn told_after(change: impl Fn(&mut Content)) -> Vec<Template> {
    let about_tickets = Template::ALL.iter().copied();
    let about_tickets = about_tickets.filter(|template| template.audience() != Audience::Owner);
    about_tickets
        .filter(|template| {
            let mut content = content(*template);
            change(&mut content);
            content.is_due(now())
        })
        .collect()
}

#[test]
fn every_mail_is_due_right_after_its_event() {
    assert_eq!(told_after(|_| {}).len(), 20);
}

#[test]
fn nobody_is_notified_twice_or_of_a_ticket_that_they_no_longer_see() {
    for status in [NotificationStatus::Sent, NotificationStatus::Dropped] {
        assert_eq!(told_after(|content| content.status = status), []);
    }
    assert_eq!(told_after(|content| content.person.active = false), []);
    let demoted = told_after(|content| content.person.role = Role::Customer);
    let are_public = |template: &Template| template.audience() == Audience::Customer;
    assert!(demoted.iter().all(are_public), "{demoted:?}");
}

#[test]
fn a_reassigned_ticket_is_not_announced_as_the_first_agents() {
    let told = told_after(|content| {
        content.ticket.assigned_to = Some(KIM);
        content.since.assigned = true;
    });
    for template in Template::ALL {
        let of_the_first = [
            Template::TicketAssigned,
            Template::EscalatedToNobody,
            Template::TicketWaiting,
        ];
        let gone = of_the_first.contains(template)
            || [Audience::Assignee, Audience::Owner].contains(&template.audience());
        assert_eq!(told.contains(template), !gone, "{template}");
    }
    // Without a mention, an agent does not see the ticket of another agent.
    let told = told_after(|content| {
        content.ticket.assigned_to = Some(KIM);
        content.mention = Mention::NotMentioned;
    });
    assert!(!told.contains(&Template::Mentioned));
    // Reassigned to the same agent: the later assignment has its own mail.
    let told = told_after(|content| content.since.assigned = true);
    assert!(!told.contains(&Template::TicketAssigned) && !told.contains(&Template::WorkAssigned));
    let told = told_after(|content| content.ticket.assigned_to = None);
    assert!(!told.contains(&Template::TicketAssigned));
}

#[test]
fn a_customer_who_answered_is_not_asked_again() {
    let asks = [Template::AnswerAwaited, Template::AnswerReminder];
    let told = told_after(|content| content.ticket.status = Status::InProgress);
    assert!(asks.iter().all(|template| !told.contains(template)));
    // Asked again since: the later question has its own mail.
    let told = told_after(|content| content.since.asked = true);
    assert!(asks.iter().all(|template| !told.contains(template)));
}

#[test]
fn closed_and_reopened_tickets_drop_mails_that_are_not_true_any_more() {
    use Template as T;
    let closed = told_after(|content| {
        content.ticket.status = Status::Closed;
        content.clock.as_mut().unwrap().running = false;
    });
    let stays = [
        T::TicketReceived,
        T::StaffReplied,
        T::TicketClosed,
        T::CustomerReplied,
        T::NoteAdded,
        T::Mentioned,
        T::EscalationResolved,
        T::SlaBreached,
    ];
    assert_eq!(closed, stays);
    let reopened = told_after(|content| {
        content.ticket.status = Status::Reopened;
        content.since.reopened = 1;
    });
    for template in [
        T::TicketResolved,
        T::TicketClosed,
        T::EscalationResolved,
        T::WorkReopened,
    ] {
        assert!(!reopened.contains(&template), "{template}");
    }
    // Closed again: the later closing has the valid survey.
    let again = told_after(|content| {
        content.ticket.status = Status::Closed;
        content.since.reopened = 1;
    });
    assert!(!again.contains(&T::TicketClosed) && !again.contains(&T::EscalationResolved));
}

#[test]
fn a_warning_is_told_while_its_clock_runs_and_is_at_risk() {
    let told = |change: fn(&mut ClockFacts)| {
        let mut content = content(Template::SlaAtRisk);
        content.clock.as_mut().map(change).unwrap();
        content.is_due(now())
    };
    assert!(told(|_| {}));
    assert!(!told(|clock| clock.running = false), "paused or stopped");
    assert!(!told(|clock| clock.breached = true));
    assert!(!told(|clock| clock.due_at = now() - TimeDelta::seconds(1)));
    assert!(
        !told(|clock| clock.warn_at = now() + TimeDelta::minutes(1)),
        "a longer target since"
    );
}

#[test]
fn a_breach_mail_tells_the_state_at_delivery() {
    let mut content = content(Template::SlaBreached);
    assert!(!content.is_dealt_with() && !content.waits_for_customer());
    content.ticket.status = Status::WaitingCustomer;
    assert!(!content.is_dealt_with() && content.waits_for_customer());
    content.clock.as_mut().unwrap().stopped = true;
    assert!(content.is_dealt_with());
}

#[test]
fn a_mail_knows_whether_its_request_is_done() {
    let mut reply = content(Template::CustomerReplied);
    assert!(!reply.is_dealt_with());
    reply.since.answered = true;
    assert!(reply.is_due(now()) && reply.is_dealt_with());
    let mut answer = content(Template::StaffReplied);
    assert!(!answer.is_dealt_with());
    answer.ticket.status = Status::Closed;
    assert!(answer.is_due(now()) && answer.is_dealt_with());
}

/// Every night, in UTC, and it is night.
fn at_night(content: &mut Content) {
    let time = |hour| chrono::NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    let nights = crate::people::Weekday::ALL
        .iter()
        .map(|day| crate::people::Shift {
            day: *day,
            start: time(22),
            end: time(9),
        });
    content.quiet_hours = nights.collect();
}

#[test]
fn quiet_hours_hold_mails_back_drop_texts_and_let_the_urgent_pass() {
    let morning = now() + TimeDelta::hours(1);
    let mut content = content(Template::WorkAssigned);
    at_night(&mut content);
    for (channel, decision) in [
        (Channel::Email, Decision::Wait(morning)),
        (Channel::Push, Decision::Wait(morning)),
        (Channel::Sms, Decision::Drop),
    ] {
        content.channel = channel;
        assert_eq!(content.decide(now()), decision);
        assert_eq!(content.decide(morning), Decision::Send);
    }
    content.ticket.priority = Priority::Urgent;
    assert_eq!(content.decide(now()), Decision::Send);
}

#[test]
fn what_a_person_refuses_or_has_read_is_dropped() {
    let mut content = content(Template::WorkAssigned);
    assert_eq!(content.decide_gathered(now()), Decision::Send);
    content.is_read = true;
    // Alone it goes at once: reading it in the app within a second is no reason to lose the mail.
    assert_eq!(content.decide(now()), Decision::Send);
    assert_eq!(content.decide_gathered(now()), Decision::Drop);
    content.is_wanted = false;
    assert_eq!(content.decide(now()), Decision::Drop);
}
