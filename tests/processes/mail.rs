//! Delivery of mails: through a server that accepts them, refuses them or falls silent, and into a folder.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::harness::{
    smtp_server::{Behaviour, SmtpServer},
    specimen::{self, now},
};
use domain::{
    ids::NotificationId,
    notifications::{Template, content::Content},
};
use jobs::circuit::ProviderFailure;
use platform::config::{Config, MailTransport, Settings};
use std::time::Duration;
use uuid::Uuid;
use worker::{
    channels::{Delivered, Email},
    mail::{MailError, Mailer, SmtpTimeouts, Verdict},
};

fn config(smtp_url: &str) -> Config {
    let settings = Settings::load(|name| match name {
        "SMTP_URL" => Some(smtp_url.to_owned()),
        "DATABASE_URL" => Some("postgres://localhost/x".to_owned()),
        "REDIS_URL" => Some("redis://localhost".to_owned()),
        "JWT_SECRET" => Some("0123456789abcdef0123456789abcdef".to_owned()),
        _ => None,
    });
    Config::read(&settings.unwrap()).unwrap()
}

fn email(server: &SmtpServer) -> Email {
    Email::new(&config(server.url())).unwrap()
}

/// A message from Sarah to Amina.
fn content(number: u128) -> Content {
    let mut content = specimen::about_ticket(Template::StaffReplied, "en");
    content.id = NotificationId(Uuid::from_u128(number));
    "Cannot complete payment – été".clone_into(&mut content.ticket.subject);
    content.text = Some("Please try again.\n.\nIt should work <now>.".to_owned());
    content.files.clear();
    content
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_meant() {
    let server = SmtpServer::start().await;
    let delivered = email(&server).deliver(&content(7), now()).await.unwrap();
    assert_eq!(delivered, Delivered::Sent);
    let [mail] = &server.wait_for(1).await[..] else {
        panic!("not one mail")
    };
    assert_eq!(mail.to, ["amina@example.org"]);
    assert_eq!(
        mail.subject(),
        "[TKT-1759307400-000001] Cannot complete payment – été"
    );
    assert!(
        mail.text()
            .contains("> Please try again.\n> .\n> It should work <now>."),
        "{}",
        mail.text()
    );
    assert!(
        mail.html().contains("It should work &lt;now&gt;."),
        "{}",
        mail.html()
    );
    let id = mail.header("Message-ID").unwrap();
    assert_eq!(id, "<00000000-0000-0000-0000-000000000007@localhost>");
    // A person wrote it: other desks hide what is marked as automatic.
    assert_eq!(mail.header("Auto-Submitted"), None);
    assert_eq!(mail.header("X-Auto-Response-Suppress").unwrap(), "All");
}

#[tokio::test]
async fn subjects_and_names_that_look_like_encoded_words_are_shown_as_they_stand() {
    let server = SmtpServer::start().await;
    let long = format!("=?{}", " été = _ 100 % ?=".repeat(20));
    for text in [
        "=?UTF-8?B?WW91ciBhY2NvdW50IGlzIHN1c3BlbmRlZA==?=",
        "Re: =?iso-8859-1?q?Your_account?= =?utf-8?q?_is_suspended?=",
        "a=?utf-8?q?b?=c",
        long.as_str(),
    ] {
        let mut content = content(1);
        content.ticket.subject = text.to_owned();
        content.person.first_name = text.to_owned();
        email(&server).deliver(&content, now()).await.unwrap();
        let mail = server.received().pop().unwrap();
        assert_eq!(mail.subject(), format!("[TKT-1759307400-000001] {text}"));
        let parsed = mail_parser::MessageParser::default();
        let parsed = parsed.parse(mail.raw.as_bytes()).unwrap();
        let to = parsed.to().unwrap().first().unwrap();
        assert_eq!(to.name().unwrap(), format!("{text} Otieno"));
        let (head, _) = mail.raw.split_once("\r\n\r\n").unwrap();
        assert!(head.is_ascii());
        let subject = head.split("\r\nSubject: ").nth(1).unwrap().lines();
        let lines = subject
            .enumerate()
            .take_while(|(n, line)| *n == 0 || line.starts_with(' '));
        for (n, line) in lines {
            let name = if n == 0 { "Subject: ".len() } else { 0 };
            assert!(name + line.len() <= 76, "{line}");
        }
    }
}

#[tokio::test]
async fn a_connection_is_used_for_the_next_mail_too() {
    let server = SmtpServer::start().await;
    let email = email(&server);
    for number in 1..=20 {
        email.deliver(&content(number), now()).await.unwrap();
    }
    assert_eq!(server.received().len(), 20);
    assert!(
        server.connections() < 20,
        "{} connections",
        server.connections()
    );
}

#[tokio::test]
async fn a_refusal_for_now_may_be_tried_again_and_one_for_good_may_not() {
    let server = SmtpServer::start().await;
    let email = email(&server);
    let cases = [
        (451, Verdict::Temporary),
        (421, Verdict::Temporary),
        (550, Verdict::Permanent),
        (554, Verdict::Permanent),
        // Our own login, and not the mail.
        (530, Verdict::Temporary),
    ];
    for (code, verdict) in cases {
        server.behave(Behaviour::Refuse(code));
        let error = email.deliver(&content(1), now()).await.unwrap_err();
        assert_eq!(error.verdict(), verdict, "{error}");
        assert!(error.for_record().contains(&code.to_string()), "{error:?}");
        let logged = platform::error_chain::Chain(&error).to_string();
        assert!(
            !logged.contains("amina"),
            "an address got into the log: {logged}"
        );
    }
    server.behave(Behaviour::Accept);
    email.deliver(&content(1), now()).await.unwrap();
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_server_that_falls_silent_is_given_up_and_its_connection_is_not_used_again() {
    let server = SmtpServer::start().await;
    let config = config(server.url());
    let limit = Duration::from_millis(300);
    let mailer = Mailer::new(&config.mail.transport, both(limit)).unwrap();
    let email = Email::by(mailer, &config).unwrap();
    server.behave(Behaviour::StallAfterData);
    let error = email.deliver(&content(1), now()).await.unwrap_err();
    assert!(matches!(error, MailError::TimedOut), "{error:?}");
    assert_eq!(error.verdict(), Verdict::Temporary);
    server.behave(Behaviour::Accept);
    email.deliver(&content(1), now()).await.unwrap();
    let received = server.received();
    let ids: Vec<_> = received
        .iter()
        .map(|mail| mail.header("Message-ID").unwrap())
        .collect();
    assert_eq!(received.len(), 2);
    assert_eq!(
        ids[0], ids[1],
        "the same mail has the same Message-ID at each attempt"
    );
    assert!(received[1].raw.contains("Please try again."));
    assert_eq!(server.connections(), 2);
}

/// As much patience before the text as for it.
fn both(limit: Duration) -> SmtpTimeouts {
    SmtpTimeouts {
        until_the_text: limit,
        for_the_text: limit,
    }
}

#[tokio::test]
async fn a_server_that_has_the_text_is_given_the_time_to_say_so() {
    let server = SmtpServer::start().await;
    let config = config(server.url());
    let patience = SmtpTimeouts {
        until_the_text: Duration::from_secs(2),
        ..SmtpTimeouts::USUAL
    };
    let mailer = Mailer::new(&config.mail.transport, patience).unwrap();
    let email = Email::by(mailer, &config).unwrap();
    server.behave(Behaviour::HoldTheAnswer);
    let content = content(1);
    let mut delivering = Box::pin(email.deliver(&content, now()));
    let meanwhile = tokio::time::timeout(Duration::from_secs(3), &mut delivering).await;
    assert!(meanwhile.is_err(), "{meanwhile:?}");
    server.behave(Behaviour::Accept);
    assert_eq!(delivering.await.unwrap(), Delivered::Sent);
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_server_that_does_not_greet_or_turns_us_away_says_nothing_of_the_mail() {
    let server = SmtpServer::start().await;
    let config = config(server.url());
    let limit = Duration::from_millis(300);
    let mailer = Mailer::new(&config.mail.transport, both(limit)).unwrap();
    let email = Email::by(mailer, &config).unwrap();
    for (behaviour, trouble) in [
        (Behaviour::NeverGreet, ProviderFailure::Unreachable),
        (Behaviour::TurnAway(554), ProviderFailure::Unreachable),
        (Behaviour::TurnAway(421), ProviderFailure::SlowDown),
        (Behaviour::Refuse(421), ProviderFailure::SlowDown),
        (Behaviour::StallAfterData, ProviderFailure::BrokeOff),
        (Behaviour::HangUpAfterData, ProviderFailure::BrokeOff),
    ] {
        server.behave(behaviour);
        let error = email.deliver(&content(1), now()).await.unwrap_err();
        assert_eq!(error.trouble(), Some(trouble), "{behaviour:?}: {error:?}");
        assert_eq!(error.verdict(), Verdict::Temporary, "{behaviour:?}");
    }
    server.behave(Behaviour::Refuse(450));
    let error = email.deliver(&content(1), now()).await.unwrap_err();
    assert_eq!(error.trouble(), None, "{error:?}");
}

#[tokio::test]
async fn a_server_that_hangs_up_or_is_not_there_is_tried_again() {
    let server = SmtpServer::start().await;
    let email = email(&server);
    server.behave(Behaviour::HangUpAfterData);
    let error = email.deliver(&content(1), now()).await.unwrap_err();
    assert_eq!(error.verdict(), Verdict::Temporary, "{error:?}");
    drop(server);
    let error = email.deliver(&content(1), now()).await.unwrap_err();
    assert_eq!(error.verdict(), Verdict::Temporary, "{error:?}");
}

#[tokio::test]
async fn an_address_that_is_none_is_not_tried_again() {
    let server = SmtpServer::start().await;
    for address in [
        "nobody",
        "a@b\r\nRCPT TO:<x@example.org>",
        "a b@example.org",
    ] {
        let mut content = content(1);
        content.person.email = address.to_owned();
        let error = email(&server).deliver(&content, now()).await.unwrap_err();
        assert_eq!(error.verdict(), Verdict::Permanent, "{error:?}");
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn no_mail_about_a_ticket_goes_to_an_unconfirmed_address() {
    let server = SmtpServer::start().await;
    let mut content = content(1);
    content.person.confirmed = false;
    let delivered = email(&server).deliver(&content, now()).await.unwrap();
    assert_eq!(delivered, Delivered::Held);
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn without_a_server_mails_are_files_and_one_mail_is_one_file() {
    let folder = std::env::temp_dir().join(format!("support-mail-{}", std::process::id()));
    let config = config("");
    let mailer = Mailer::new(
        &MailTransport::Files(folder.join("mail")),
        SmtpTimeouts::USUAL,
    )
    .unwrap();
    let email = Email::by(mailer, &config).unwrap();
    for number in [1, 1, 2] {
        email.deliver(&content(number), now()).await.unwrap();
    }
    let mut names: Vec<_> = std::fs::read_dir(folder.join("mail"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let name = |number| {
        format!(
            "20251001T083000Z-staff_replied-{}.eml",
            Uuid::from_u128(number)
        )
    };
    assert_eq!(names, [name(1), name(2)]);
    std::fs::remove_dir_all(folder).unwrap();
}
