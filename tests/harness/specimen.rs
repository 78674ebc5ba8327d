//! Notifications as people get them, one of each template in each language, with nothing behind them: for
//! tests of delivery, and for the pictures of `docs/mails`.

use actions::notifications::account::AccountContent;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    channel::Channel,
    ids::{AccountEventId, MessageId, NotificationId, TicketId, UserId},
    notifications::{
        Audience, NotificationStatus, Template,
        content::{ClockFacts, Content, Deadline, Recipient, Since, TicketFacts},
    },
    people::{AccountEventKind, Department, PhoneNumber, Role},
    sla::Metric,
    tickets::{Priority, Status, TicketEventKind, TicketNumber, access::Mention},
};
use uuid::Uuid;

const AMINA: UserId = UserId(Uuid::from_u128(1));
const SARAH: UserId = UserId(Uuid::from_u128(2));

/// Half an hour after the beginning.
pub fn now() -> DateTime<Utc> {
    super::the_beginning() + TimeDelta::minutes(30)
}

/// What the people wrote.
struct Words {
    subject: &'static str,
    question: &'static str,
    reply: &'static str,
    note: &'static str,
    reason: &'static str,
    summary: &'static str,
    file: &'static str,
}

fn words(language: &str) -> Words {
    match language {
        "sw" => Words {
            subject: "Siwezi kukamilisha malipo ya huduma",
            question: "Nimejaribu tena asubuhi hii kwa M-Pesa, lakini malipo bado yanakataliwa.\n\nNimeambatisha picha ya skrini.",
            reply: "Habari Amina,\n\nTumeangalia malipo yako. Je, ulitumia kadi ipi?\n\nSarah",
            note: "@EMP-7 tafadhali angalia kumbukumbu za malipo za leo asubuhi.",
            reason: "Mtoa huduma wa malipo anahitajika, na sina ruhusa ya kuwasiliana naye.",
            summary: "Huduma ya malipo ilikuwa imesimama. Malipo yamepita, na nafasi yako imethibitishwa.",
            file: "picha-ya-skrini.png",
        },
        "fr" => Words {
            subject: "Impossible de finaliser le paiement",
            question: "J’ai réessayé ce matin avec M-Pesa, mais le paiement est toujours refusé.\n\nVous trouverez une capture d’écran ci-jointe.",
            reply: "Bonjour Amina,\n\nNous avons vérifié votre paiement. Quelle carte avez-vous utilisée ?\n\nSarah",
            note: "@EMP-7 peux-tu regarder les journaux de paiement de ce matin ?",
            reason: "Il faut contacter le prestataire de paiement, ce que je ne peux pas faire.",
            summary: "Le service de paiement était en panne. Le paiement est passé et votre réservation est confirmée.",
            file: "capture-écran.png",
        },
        _ => Words {
            subject: "Cannot complete payment for my booking",
            question: "I tried again this morning with M-Pesa, but the payment is still refused.\n\nA screenshot is attached.",
            reply: "Hello Amina,\n\nwe have checked your payment. Which card did you use?\n\nSarah",
            note: "@EMP-7 could you look at the payment logs of this morning?",
            reason: "The payment provider has to be asked, which I cannot do.",
            summary: "The payment gateway was down. Your payment has gone through, and the booking is confirmed.",
            file: "screenshot.png",
        },
    }
}

/// A notification about a ticket.
pub fn about_ticket(template: Template, language: &str) -> Content {
    let words = words(language);
    let for_customer = template.audience() == Audience::Customer;
    let relayed = match template {
        Template::StaffReplied => Some(words.reply),
        Template::CustomerReplied => Some(words.question),
        Template::Mentioned => Some(words.note),
        _ => None,
    };
    let files = match template {
        Template::CustomerReplied => vec![words.file.to_owned()],
        Template::StaffReplied => vec!["invoice-2025-1001.pdf".to_owned(), words.file.to_owned()],
        _ => Vec::new(),
    };
    // A breach has the instant of its deadline.
    let late = TimeDelta::minutes(if template == Template::SlaBreached {
        5
    } else {
        0
    });
    Content {
        id: NotificationId(Uuid::from_u128(7)),
        template,
        channel: Channel::Email,
        status: NotificationStatus::Pending,
        person: recipient(for_customer, language),
        at: now() - late,
        kind: kind(template, &words),
        actor: Some(if for_customer { "Sarah" } else { "Amina" }.to_owned()),
        ticket: ticket(template, &words),
        since: Since::default(),
        clock: (template == Template::SlaAtRisk).then(running_clock),
        next_deadline: (template != Template::EscalationResolved).then(|| Deadline {
            metric: Metric::Resolution,
            at: now() + TimeDelta::minutes(135),
        }),
        text: relayed.map(str::to_owned),
        files,
        is_redacted: false,
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

/// Amina, the customer, or Sarah, the agent.
fn recipient(is_customer: bool, language: &str) -> Recipient {
    Recipient {
        id: if is_customer { AMINA } else { SARAH },
        first_name: if is_customer { "Amina" } else { "Sarah" }.to_owned(),
        last_name: "Otieno".to_owned(),
        email: "amina@example.org".to_owned(),
        phone_number: PhoneNumber::parse("+254712345678"),
        confirmed: true,
        role: if is_customer {
            Role::Customer
        } else {
            Role::Support
        },
        language: language.to_owned(),
        timezone: "Africa/Nairobi".parse().unwrap(),
        active: true,
    }
}

fn ticket(template: Template, words: &Words) -> TicketFacts {
    TicketFacts {
        id: TicketId(Uuid::from_u128(3)),
        number: TicketNumber::new(now(), 1),
        subject: words.subject.to_owned(),
        status: status(template),
        priority: Priority::High,
        department: Department::Billing,
        customer_id: AMINA,
        customer: "Amina".to_owned(),
        assigned_to: (template != Template::EscalatedToNobody).then_some(SARAH),
        agent: (template != Template::EscalatedToNobody).then(|| "Sarah".to_owned()),
        summary: Some(words.summary.to_owned()),
        cycle: 0,
    }
}

fn status(template: Template) -> Status {
    match template {
        Template::AnswerAwaited | Template::AnswerReminder => Status::WaitingCustomer,
        Template::TicketResolved | Template::EscalationResolved => Status::Resolved,
        Template::TicketClosed => Status::Closed,
        Template::EscalatedToNobody => Status::Escalated,
        _ => Status::InProgress,
    }
}

#[expect(clippy::too_many_lines, reason = "a table has a row for each template")]
fn kind(template: Template, words: &Words) -> TicketEventKind {
    let message = MessageId(Uuid::from_u128(5));
    let reason = words.reason.to_owned();
    match template {
        Template::TicketReceived | Template::TicketWaiting => TicketEventKind::Created,
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
        Template::WorkReopened => TicketEventKind::Reopened {
            reason: words.question.to_owned(),
        },
        Template::EscalatedToYou => TicketEventKind::Escalated {
            level: 1,
            from: None,
            to: Some(SARAH),
            reason,
            automatic: false,
        },
        Template::EscalatedToNobody => TicketEventKind::Escalated {
            level: 1,
            from: None,
            to: None,
            reason,
            automatic: true,
        },
        Template::SlaAtRisk => TicketEventKind::SlaAtRisk {
            metric: Metric::FirstResponse,
            cycle: 0,
            percent: Some(80),
            due_at: now() + TimeDelta::minutes(12),
            detected_after_stop: false,
        },
        Template::SlaBreached => TicketEventKind::SlaBreached {
            metric: Metric::FirstResponse,
            cycle: 0,
            detected_after_stop: false,
        },
        Template::ConfirmEmail
        | Template::ResetPassword
        | Template::PasswordChanged
        | Template::EmailChanged
        | Template::TooManyFailures
        | Template::WebhookDisabled => unreachable!("a mail about an account"),
    }
}

/// A clock that has passed its warning threshold.
fn running_clock() -> ClockFacts {
    ClockFacts {
        warn_at: now(),
        due_at: now() + TimeDelta::minutes(12),
        running: true,
        stopped: false,
        breached: false,
    }
}

/// A notification about an account.
pub fn about_account(kind: AccountEventKind, language: &str) -> AccountContent {
    let of_customer = about_ticket(Template::TicketReceived, language);
    AccountContent {
        id: of_customer.id,
        status: of_customer.status,
        person: Recipient {
            // A mail to confirm an address greets nobody by name.
            confirmed: kind != AccountEventKind::ConfirmEmail,
            ..of_customer.person
        },
        event: AccountEventId(Uuid::from_u128(4)),
        kind,
        address: "amina@example.org".to_owned(),
        is_present: kind != AccountEventKind::EmailChanged,
        at: now(),
        expires_at: kind.link_lifetime().map(|lifetime| now() + lifetime),
        spent_at: None,
    }
}
