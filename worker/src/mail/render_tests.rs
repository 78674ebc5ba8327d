//! Every template in every language, with people who write what they should not.

use super::*;
use crate::mail::{AccountView, Links, Sender, compose, compose_for_account};
use actions::notifications::account::AccountContent;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ids::{AccountEventId, MessageId, NotificationId, TicketId, UserId},
    notifications::{
        Audience, NotificationStatus,
        content::{Content, Recipient, Since, TicketFacts},
    },
    people::{AccountEventKind, Role},
    sla::Metric,
    tickets::{Status, TicketEventKind, TicketNumber, access::Mention},
};
use std::collections::BTreeSet;

#[path = "promises_tests.rs"]
mod promises;

const HOSTILE: &str =
    "<script>alert(1)</script>\r\nBcc: all@example.org\r\n\r\n\"Hi\" & {{ number }}";
const SECRET: &str = "the reason of an assignment";

fn at() -> DateTime<Utc> {
    "2025-10-01T08:30:00Z".parse().unwrap()
}

const fn user(number: u128) -> UserId {
    UserId(uuid::Uuid::from_u128(number))
}

/// The event that a template tells of.
fn what(template: Template) -> TicketEventKind {
    let reason = HOSTILE.to_owned();
    let message = MessageId(uuid::Uuid::from_u128(9));
    match template {
        Template::TicketReceived => TicketEventKind::Created,
        Template::TicketAssigned | Template::WorkAssigned => TicketEventKind::Assigned {
            from: None,
            to: user(2),
            reason: Some(SECRET.to_owned()),
        },
        Template::AnswerAwaited => TicketEventKind::StatusChanged {
            from: Status::InProgress,
            to: Status::WaitingCustomer,
        },
        Template::AnswerReminder => TicketEventKind::Reminded,
        Template::StaffReplied | Template::CustomerReplied => {
            TicketEventKind::MessageAdded { message }
        }
        Template::TicketResolved | Template::EscalationResolved => {
            TicketEventKind::Resolved { by_closing: false }
        }
        Template::TicketClosed => TicketEventKind::Closed,
        Template::WorkReopened => TicketEventKind::Reopened { reason },
        Template::Mentioned => TicketEventKind::NoteAdded { message },
        Template::EscalatedToYou => TicketEventKind::Escalated {
            level: 1,
            from: None,
            to: Some(user(2)),
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
            metric: Metric::Resolution,
            cycle: 0,
            percent: Some(80),
            due_at: at() + TimeDelta::minutes(20),
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
        | Template::TooManyFailures => unreachable!("mails about accounts tell of no ticket"),
    }
}

fn content(template: Template, language: &str) -> Content {
    let customer = template.audience() == Audience::Customer;
    Content {
        id: NotificationId(uuid::Uuid::from_u128(1)),
        template,
        status: NotificationStatus::Pending,
        person: Recipient {
            id: if customer { user(1) } else { user(2) },
            first_name: HOSTILE.to_owned(),
            last_name: "Otieno, \"Jr\"".to_owned(),
            email: "amina@example.org".to_owned(),
            confirmed: true,
            role: if customer {
                Role::Customer
            } else {
                Role::Support
            },
            language: language.to_owned(),
            timezone: "Africa/Nairobi".parse().unwrap(),
            active: true,
        },
        at: at(),
        kind: what(template),
        actor: Some("Sarah".to_owned()),
        ticket: TicketFacts {
            id: TicketId(uuid::Uuid::from_u128(3)),
            number: TicketNumber::new(at(), 1),
            subject: HOSTILE.to_owned(),
            status: Status::InProgress,
            customer_id: user(1),
            customer: "Amina".to_owned(),
            assigned_to: Some(user(2)),
            agent: Some("Sarah".to_owned()),
            summary: Some(HOSTILE.to_owned()),
            cycle: 0,
        },
        since: Since::default(),
        clock: None,
        text: Some(HOSTILE.to_owned()),
        files: 2,
        is_redacted: false,
        mention: Mention::Mentioned,
    }
}

/// With what the mail would ask for done.
fn dealt_with(template: Template, language: &str) -> Content {
    let mut content = content(template, language);
    content.ticket.status = Status::Closed;
    content
}

/// With all that may be absent absent.
fn bare(template: Template, language: &str) -> Content {
    let mut content = content(template, language);
    content.actor = None;
    content.text = None;
    content.files = 0;
    content.ticket.agent = None;
    content.ticket.assigned_to = None;
    content.ticket.summary = None;
    content
}

fn links() -> Links {
    Links {
        public_url: "https://support.example.org".to_owned(),
        secret: "0123456789abcdef0123456789abcdef".into(),
    }
}

fn rendered(content: &Content) -> Rendered {
    let view = View::new(content, &links());
    Renderer::new()
        .unwrap()
        .render(content.template, &content.person.language, &view)
        .unwrap_or_else(|error| panic!("{}: {error:?}", content.template))
}

fn every_mail() -> impl Iterator<Item = (Template, &'static str)> {
    Template::ALL
        .iter()
        .filter(|template| template.audience() != Audience::Owner)
        .flat_map(|template| ["en", "sw", "fr"].map(|language| (*template, language)))
}

#[test]
fn every_template_has_words_in_every_language_whatever_is_absent() {
    for (template, language) in every_mail() {
        for content in [
            content(template, language),
            dealt_with(template, language),
            bare(template, language),
        ] {
            let mail = rendered(&content);
            for form in [&mail.text, &mail.html] {
                assert!(
                    form.contains("TKT-1759307400-000001"),
                    "{template} {language}: {form}"
                );
                assert!(
                    !form.contains("{%") && !form.contains(" none"),
                    "{template}: {form}"
                );
            }
            assert!(
                mail.text
                    .lines()
                    .all(|line| line.trim_end() == line || line == "-- "),
                "{}",
                mail.text
            );
            assert!(!mail.text.contains("\n\n\n"), "{}", mail.text);
            assert!(!mail.html.contains("\"></p>"), "{}", mail.html);
        }
    }
}

#[test]
fn files_alone_are_told_in_every_language_without_a_quotation() {
    for template in [
        Template::StaffReplied,
        Template::CustomerReplied,
        Template::Mentioned,
    ] {
        let mut lines = BTreeSet::new();
        for (language, files) in ["en", "sw", "fr"]
            .into_iter()
            .flat_map(|one| [(one, 1), (one, 3)])
        {
            let mut content = content(template, language);
            (content.text, content.files) = (Some(" \n".to_owned()), files);
            let mail = rendered(&content);
            assert!(
                !mail.text.lines().any(|line| line.starts_with('>')),
                "{}",
                mail.text
            );
            assert!(!mail.html.contains("<blockquote"), "{}", mail.html);
            content.files = 0;
            let without = rendered(&content).text;
            let told = mail.text.lines().find(|line| !without.contains(line));
            let told = told.unwrap_or_else(|| panic!("{template} {language}"));
            assert!(mail.html.contains(told), "{}", mail.html);
            assert_eq!(told.contains('3'), files == 3, "{told}");
            lines.insert(told.to_owned());
        }
        assert_eq!(lines.len(), 6, "{lines:?}");
    }
}

fn account_content(kind: AccountEventKind, language: &str) -> AccountContent {
    let about_a_ticket = content(Template::TicketReceived, language);
    AccountContent {
        id: about_a_ticket.id,
        status: NotificationStatus::Pending,
        person: about_a_ticket.person,
        event: AccountEventId(uuid::Uuid::from_u128(4)),
        kind,
        address: "amina@example.org".to_owned(),
        is_present: kind != AccountEventKind::EmailChanged,
        at: at(),
        expires_at: kind.link_lifetime().map(|lifetime| at() + lifetime),
        spent_at: None,
    }
}

#[test]
fn mails_about_accounts_have_words_in_every_language_and_links_where_they_have_to() {
    let from = Sender::parse("BaiTech <support@example.org>").unwrap();
    let mut subjects = BTreeSet::new();
    for kind in AccountEventKind::ALL {
        for language in ["en", "sw", "fr"] {
            let content = account_content(*kind, language);
            let view = AccountView::new(&content, &links());
            let mail = Renderer::new()
                .unwrap()
                .render_for_account(kind.template(), language, &view)
                .unwrap_or_else(|error| panic!("{kind} {language}: {error:?}"));
            assert!(subjects.insert(mail.subject.clone()), "{}", mail.subject);
            assert!(mail.html.contains(&mail.subject) && !mail.html.contains("<script>"));
            let linked = mail
                .text
                .contains("https://support.example.org/api/v1/auth/");
            assert_eq!(linked, kind.link_lifetime().is_some(), "{}", mail.text);
            assert!(!mail.text.contains("\n\n\n") && !mail.html.contains("\"></p>"));
            let mail = compose_for_account(&content, mail, &from, at()).unwrap();
            let mail = String::from_utf8(mail.formatted()).unwrap();
            let (head, _) = mail.split_once("\r\n\r\n").unwrap();
            assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
            assert!(
                head.contains("Auto-Submitted: auto-generated") && !head.contains("References")
            );
        }
    }
}

#[test]
fn nobody_is_sent_a_link_that_leads_nowhere_any_more() {
    let mut content = account_content(AccountEventKind::ResetPassword, "en");
    assert!(content.is_due(at()));
    assert!(!content.is_due(at() + TimeDelta::minutes(30)));
    content.spent_at = Some(at());
    assert!(!content.is_due(at()));
    let told = account_content(AccountEventKind::PasswordChanged, "en");
    assert!(told.is_due(at() + TimeDelta::days(3)));
}

#[test]
fn what_people_wrote_is_escaped_in_html_and_cannot_begin_a_header() {
    let from = Sender::parse("BaiTech <support@example.org>").unwrap();
    for (template, language) in every_mail() {
        let content = content(template, language);
        let mail = rendered(&content);
        assert!(!mail.html.contains("<script>"), "{template}: {}", mail.html);
        assert!(
            mail.text.contains("<script>alert(1)</script>"),
            "text needs no escaping"
        );
        let mail = compose(&content, mail, &from, at()).unwrap().formatted();
        let mail = String::from_utf8(mail).unwrap();
        let (head, _) = mail.split_once("\r\n\r\n").unwrap();
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
        assert!(head.is_ascii());
    }
}

#[test]
fn a_customer_is_told_nothing_of_the_house() {
    for (template, language) in every_mail() {
        let mail = rendered(&content(template, language));
        let customer = template.audience() == Audience::Customer;
        assert!(!mail.text.contains(SECRET), "{}", mail.text);
        assert_eq!(
            mail.text.contains("/support/tickets/TKT-"),
            !customer,
            "{}",
            mail.text
        );
        assert_eq!(
            mail.text.contains("/support/survey/"),
            template == Template::TicketClosed
        );
    }
}

#[test]
fn times_are_those_of_the_persons_zone() {
    let mail = rendered(&content(Template::SlaAtRisk, "en"));
    assert!(mail.text.contains("2025-10-01 11:50 EAT"), "{}", mail.text);
}

#[test]
fn a_language_that_nobody_wrote_is_english_and_a_region_is_no_language() {
    let view = View::new(&content(Template::TicketReceived, "en"), &links());
    let render = |tag| {
        Renderer::new()
            .unwrap()
            .render(Template::TicketReceived, tag, &view)
            .unwrap()
    };
    for tag in ["de", "", "zh-Hant"] {
        assert_eq!(render(tag), render("en"), "{tag}");
    }
    assert_eq!(render("sw-KE"), render("sw"));
    assert_eq!(render("FR"), render("fr"));
    assert_ne!(render("sw"), render("fr"));
}

#[test]
fn long_text_is_cut_and_quoted_line_by_line() {
    let mut content = content(Template::StaffReplied, "en");
    content.text = Some(format!("first\n\nsecond {}", "é".repeat(20_000)));
    let mail = rendered(&content);
    assert!(
        mail.text.contains("> first\n>\n> second é"),
        "{}",
        mail.text
    );
    assert!(mail.text.chars().count() < 3_000);
    assert!(mail.text.contains('…'));
}

#[test]
fn a_mail_is_known_by_its_headers() {
    let content = content(Template::TicketReceived, "en");
    let from = Sender::parse("BaiTech <support@example.org>").unwrap();
    let mail = compose(&content, rendered(&content), &from, at())
        .unwrap()
        .formatted();
    let mail = String::from_utf8(mail).unwrap();
    for header in [
        "Message-ID: <00000000-0000-0000-0000-000000000001@example.org>\r\n",
        "References: <00000000-0000-0000-0000-000000000003@example.org>\r\n",
        "In-Reply-To: <00000000-0000-0000-0000-000000000003@example.org>\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "X-Auto-Response-Suppress: All\r\n",
        "Date: Wed, 01 Oct 2025 08:30:00 +0000\r\n",
        "Subject: [TKT-1759307400-000001] <script>",
        "Content-Type: multipart/alternative;",
    ] {
        assert!(mail.contains(header), "{header} is missing in {mail}");
    }
}

#[test]
fn a_senders_address_is_checked_at_the_start() {
    for from in ["", "nobody", "a@", "a@b\r\nBcc: c@d", "x@exämple.org"] {
        assert!(Sender::parse(from).is_err(), "{from}");
    }
}
