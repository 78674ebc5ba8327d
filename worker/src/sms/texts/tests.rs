//! The texts in every language, with the subjects that people write: how many segments each takes.

use super::*;
use chrono::TimeDelta;
use domain::{
    channel::Channel,
    ids::{NotificationId, TicketId, UserId},
    notifications::{
        NotificationStatus,
        content::{Recipient, Since, TicketFacts},
    },
    people::{Department, PhoneNumber, Role},
    tickets::{Priority, Status, access::Mention},
};
use uuid::Uuid;

const LANGUAGES: [&str; 3] = ["en", "sw", "fr"];
const TOLD: [Template; 4] = [
    Template::TicketWaiting,
    Template::EscalatedToYou,
    Template::SlaAtRisk,
    Template::SlaBreached,
];
const METRICS: [Metric; 3] = [
    Metric::FirstResponse,
    Metric::NextResponse,
    Metric::Resolution,
];

fn now() -> DateTime<Utc> {
    "2025-10-01T08:30:00Z".parse().unwrap()
}

fn kind(template: Template, metric: Metric) -> TicketEventKind {
    match template {
        Template::SlaAtRisk => TicketEventKind::SlaAtRisk {
            metric,
            cycle: 0,
            percent: Some(80),
            due_at: now() + TimeDelta::minutes(12),
            detected_after_stop: false,
        },
        Template::SlaBreached => TicketEventKind::SlaBreached {
            metric,
            cycle: 0,
            detected_after_stop: false,
        },
        _ => TicketEventKind::Created,
    }
}

fn content(template: Template, language: &str, subject: &str) -> Content {
    let person = UserId(Uuid::from_u128(2));
    Content {
        id: NotificationId(Uuid::from_u128(1)),
        template,
        channel: Channel::Sms,
        status: NotificationStatus::Pending,
        person: Recipient {
            id: person,
            first_name: "Sarah".to_owned(),
            last_name: "Otieno".to_owned(),
            email: "sarah@example.org".to_owned(),
            phone_number: PhoneNumber::parse("+254712345678"),
            confirmed: true,
            role: Role::Support,
            language: language.to_owned(),
            timezone: "Africa/Nairobi".parse().unwrap(),
            active: true,
        },
        at: now() - TimeDelta::minutes(5),
        kind: kind(template, Metric::FirstResponse),
        actor: None,
        ticket: TicketFacts {
            id: TicketId(Uuid::from_u128(3)),
            number: TicketNumber::new(now(), 1_234_567),
            subject: subject.to_owned(),
            status: Status::InProgress,
            priority: Priority::Urgent,
            department: Department::Billing,
            customer_id: UserId(Uuid::from_u128(4)),
            customer: "Amina".to_owned(),
            assigned_to: Some(person),
            agent: Some("Sarah".to_owned()),
            summary: None,
            cycle: 0,
        },
        since: Since::default(),
        clock: None,
        next_deadline: None,
        text: None,
        files: Vec::new(),
        is_redacted: false,
        mention: Mention::NotMentioned,
        is_wanted: true,
        is_read: false,
        quiet_hours: Vec::new(),
    }
}

/// Every text of a language with a subject, by whatever it may tell.
fn all(language: &str, subject: &str) -> Vec<String> {
    let mut all = Vec::new();
    for template in TOLD {
        for metric in METRICS {
            let mut content = content(template, language, subject);
            content.kind = kind(template, metric);
            all.push(text(&content, now()).unwrap());
            // The next day: with the day beside the time.
            all.push(text(&content, now() + TimeDelta::days(1)).unwrap());
        }
    }
    all
}

#[test]
fn every_text_of_every_language_takes_one_segment() {
    let long = "Le paiement par carte a été refusé à l’hôtel “Étoile”… ".repeat(4);
    for language in LANGUAGES {
        for subject in [
            "",
            "Cannot pay",
            "Siwezi kukamilisha malipo ya huduma",
            "Impossible de finaliser le paiement – ça échoue à l’étape n° 3…",
            "Payment refused 😀😀😀",
            long.as_str(),
        ] {
            for text in all(language, subject) {
                let segments = Segments::of(&text);
                assert_eq!(segments.encoding, Encoding::Gsm7, "{language}: {text}");
                assert_eq!(segments.count, 1, "{language}: {text}");
                assert!(text.contains("TKT-1759307400-1234567"), "{text}");
            }
        }
    }
}

#[test]
fn a_subject_of_another_script_takes_two_segments_at_most() {
    let amharic = "ክፍያ ተከልክሏል ".repeat(10);
    for language in LANGUAGES {
        for subject in ["الدفع مرفوض منذ الصباح", amharic.as_str()] {
            for text in all(language, subject) {
                let segments = Segments::of(&text);
                assert_eq!(segments.encoding, Encoding::Ucs2, "{text}");
                assert!(segments.count <= 2, "{language}: {text}");
                assert!(text.contains("TKT-1759307400-1234567"), "{text}");
            }
        }
    }
}

#[test]
fn the_texts_say_what_happened_to_which_ticket() {
    let subject = "Impossible de payer à l’hôtel";
    let said = |template, language| text(&content(template, language, subject), now()).unwrap();
    for (template, language, expected) in [
        (
            Template::EscalatedToYou,
            "en",
            "TKT-1759307400-1234567 was escalated to you: Impossible de payer à l'hotel",
        ),
        (
            Template::SlaAtRisk,
            "en",
            "TKT-1759307400-1234567: first response due by 11:42. Impossible de payer à l'hotel",
        ),
        (
            Template::SlaBreached,
            "en",
            "TKT-1759307400-1234567: first response overdue since 11:25. Impossible de payer à l'hotel",
        ),
        (
            Template::EscalatedToYou,
            "sw",
            "TKT-1759307400-1234567 imepandishwa ngazi kwako: Impossible de payer à l'hotel",
        ),
        (
            Template::SlaBreached,
            "sw",
            "TKT-1759307400-1234567: muda wa jibu la kwanza ulipita saa 11:25. Impossible de payer à l'hotel",
        ),
        (
            Template::SlaAtRisk,
            "fr",
            "TKT-1759307400-1234567 : première réponse attendue avant 11:42. Impossible de payer à l'hotel",
        ),
        (
            Template::TicketWaiting,
            "en",
            "TKT-1759307400-1234567 is urgent and nobody could be assigned: Impossible de payer à l'hotel",
        ),
        // A language without texts of its own.
        (
            Template::EscalatedToYou,
            "de",
            "TKT-1759307400-1234567 was escalated to you: Impossible de payer à l'hotel",
        ),
    ] {
        assert_eq!(said(template, language), expected);
    }
}

#[test]
fn a_deadline_of_another_day_is_told_with_its_day() {
    let breached = content(Template::SlaBreached, "en", "Help");
    let text = text(&breached, now() + TimeDelta::days(1)).unwrap();
    assert_eq!(
        text,
        "TKT-1759307400-1234567: first response overdue since 01/10 11:25. Help"
    );
}

#[test]
fn what_can_wait_does_not_go_by_text_message() {
    for template in [
        Template::WorkAssigned,
        Template::CustomerReplied,
        Template::TicketClosed,
        Template::Mentioned,
    ] {
        assert_eq!(text(&content(template, "en", "Help"), now()), None);
    }
}

fn of_tickets(count: i64, language: &str) -> Vec<Content> {
    let of = |sequence| {
        let mut content = content(Template::SlaBreached, language, "Help");
        content.ticket.number = TicketNumber::new(now(), sequence);
        content
    };
    (1..=count).map(of).collect()
}

#[test]
fn a_digest_is_one_segment_with_whole_numbers_and_the_count_of_the_rest() {
    assert_eq!(digest_text(&[]), "");
    assert_eq!(
        digest_text(&of_tickets(2, "en")),
        "2 tickets need you: TKT-1759307400-000001, TKT-1759307400-000002"
    );
    assert_eq!(
        digest_text(&of_tickets(40, "sw")),
        "Tiketi 40 zinakuhitaji: TKT-1759307400-000001, TKT-1759307400-000002, \
         TKT-1759307400-000003, TKT-1759307400-000004, TKT-1759307400-000005 +35"
    );
    for language in LANGUAGES {
        for count in [1, 2, 5, 6, 50, 5_000] {
            let text = digest_text(&of_tickets(count, language));
            assert_eq!(Segments::of(&text).count, 1, "{text}");
        }
    }
}

#[test]
fn a_digest_names_a_ticket_once() {
    let twice = [of_tickets(1, "fr"), of_tickets(1, "fr")].concat();
    assert_eq!(
        digest_text(&twice),
        "1 ticket vous attend : TKT-1759307400-000001"
    );
}
