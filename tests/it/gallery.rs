//! Every mail in every language, and the pages that mails lead to, as people see them. The files stay in
//! `target/tmp/gallery`, where `docs/mails/make` takes its pictures from.

use crate::{
    accounts::{fills, mails_of, path_in},
    harness::{App, Mail, specimen},
};
use domain::{
    channel::Channel,
    ids::DigestId,
    notifications::{Audience, Template},
    people::AccountEventKind,
    tickets::TicketNumber,
};
use platform::config::{Config, MailTransport, Settings};
use serde_json::json;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};
use worker::{
    channels::{Delivered, Email},
    mail::{Mailer, SmtpTimeouts},
};

const LANGUAGES: [&str; 3] = ["en", "sw", "fr"];
const TICKET_URL: (&str, &str) = ("TICKET_URL", "https://app.example.com/tickets/{number}");
const UNSUBSCRIBE: &str = "/api/v1/notifications/unsubscribe/";
const LOGO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/harness/logo.png");

/// An empty folder of the gallery.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("gallery")
        .join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn email(folder: &Path, set: &[(&str, &str)]) -> Email {
    let needed = [
        ("DATABASE_URL", "postgres://localhost/x"),
        ("REDIS_URL", "redis://localhost"),
        ("JWT_SECRET", "0123456789abcdef0123456789abcdef"),
        ("PUBLIC_URL", "https://support.example.com"),
        ("PUSH_CONTACT", "mailto:push@example.com"),
    ];
    let settings = Settings::load(|name| {
        let found = set.iter().chain(&needed).find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    });
    let config = Config::read(&settings.unwrap()).unwrap();
    let files = MailTransport::Files(folder.to_owned());
    let mailer = Mailer::new(&files, SmtpTimeouts::USUAL).unwrap();
    Email::by(mailer, &config).unwrap()
}

async fn deliver(email: &Email, template: Template, language: &str) {
    let delivered = if template.audience() == Audience::Owner {
        let kinds = AccountEventKind::ALL.iter();
        let kind = kinds.copied().find(|kind| kind.template() == template);
        let content = specimen::about_account(kind.unwrap(), language);
        email.deliver_for_account(&content, specimen::now()).await
    } else {
        let content = specimen::about_ticket(template, language);
        email.deliver(&content, specimen::now()).await
    };
    assert_eq!(delivered.unwrap(), Delivered::Sent, "{template}");
}

/// Several notifications in one mail.
async fn digest(email: &Email, language: &str) {
    let kinds = [
        Template::SlaAtRisk,
        Template::CustomerReplied,
        Template::WorkAssigned,
    ];
    let mut contents = kinds.map(|kind| specimen::about_ticket(kind, language));
    contents[2].ticket.number = TicketNumber::new(specimen::now(), 2);
    let delivered = email.deliver_digest(
        DigestId(uuid::Uuid::from_u128(8)),
        &contents,
        specimen::now(),
    );
    assert_eq!(delivered.await.unwrap(), Delivered::Sent);
}

#[tokio::test]
async fn every_mail_in_every_language_has_a_button_to_a_page_for_people() {
    for language in LANGUAGES {
        let folder = folder(language);
        let email = email(&folder, &[TICKET_URL]);
        let mailed = || {
            let all = Template::ALL.iter().copied();
            all.filter(|template| template.goes_by(Channel::Email))
        };
        for template in mailed() {
            deliver(&email, template, language).await;
        }
        let mails = Mail::read_all(&folder);
        let templates: BTreeSet<_> = mails.iter().map(|mail| &mail.template).collect();
        assert_eq!(templates.len(), mailed().count());
        digest(&email, language).await;
        for mail in mails {
            for form in [mail.text(), mail.html()] {
                assert!(!form.contains("/support/tickets/"), "{form}");
            }
            let about_ticket = !mail.references.is_empty();
            let page = "https://app.example.com/tickets/TKT-1759307400-000001";
            assert_eq!(
                mail.html().contains(page),
                about_ticket,
                "{}",
                mail.template
            );
        }
    }
}

#[tokio::test]
async fn a_company_puts_its_name_logo_and_colour_on_mails_and_needs_no_page_of_tickets() {
    let folder = folder("brand");
    let brand = [
        ("BRAND_NAME", "Pamoja Homes"),
        ("BRAND_LOGO", LOGO),
        ("BRAND_COLOR", "#f2b705"),
    ];
    let email = email(&folder, &brand);
    for template in [
        Template::StaffReplied,
        Template::TicketClosed,
        Template::SlaBreached,
        Template::ResetPassword,
    ] {
        deliver(&email, template, "en").await;
    }
    for mail in Mail::read_all(&folder) {
        let html = mail.html();
        assert!(
            html.contains("src=\"cid:logo@brand\" alt=\"Pamoja Homes\""),
            "{html}"
        );
        assert!(html.contains("#f2b705"), "{html}");
        if mail.template == "reset_password" {
            assert!(html.contains("color:#000000"), "black on yellow: {html}");
        }
        assert!(mail.whole.contains("Content-ID: <logo@brand>"));
        assert!(!html.contains("BaiTech") && !mail.text().contains("BaiTech"));
    }
}

/// A person of that language with a closed ticket, whose survey has this path.
async fn survey(app: &App, language: &str) -> String {
    let customer = app.customer(&format!("Amina{language}")).await;
    let speaks = json!({"language": language});
    customer.patch("/api/v1/auth/me", speaks).await.ok();
    let ticket = customer.asks("general", "low").await;
    let admin = app.admin(&format!("Eve{language}")).await;
    admin.closes(&ticket).await.ok();
    let secret = &app.cx.config.auth.jwt_secret;
    let token = domain::tickets::survey::token(secret, ticket.parse().unwrap(), 0);
    format!("/api/v1/support/survey/{token}")
}

#[tokio::test]
async fn the_pages_that_mails_lead_to_can_be_looked_at() {
    let folder = folder("pages");
    let app = App::new().await;
    for language in LANGUAGES {
        let keep = |name: &str, answer: crate::harness::Answer| {
            let page = answer.body.as_str().unwrap();
            assert!(
                page.contains(&format!("<html lang=\"{language}\">")),
                "{page}"
            );
            fs::write(folder.join(format!("{language}-{name}.html")), page).unwrap();
        };
        let path = survey(&app, language).await;
        keep("survey", app.stranger().get(&path).await);
        keep(
            "survey-chosen",
            app.stranger().get(&format!("{path}?rating=4")).await,
        );
        keep("survey-refused", fills(&app, &path, "feedback=Quick").await);
        keep("survey-thanks", fills(&app, &path, "rating=5").await);
        let email = format!("amina{language}@example.com");
        let forgot = "/api/v1/auth/forgot-password";
        let asked = app.stranger().post(forgot, json!({"email": email})).await;
        asked.ok();
        app.settle().await;
        let mails = mails_of(&app, "reset_password");
        let mail = mails.iter().find(|mail| mail.to.contains(&email));
        let path = path_in(mail.unwrap());
        keep("password", app.stranger().get(&path).await);
        keep(
            "password-refused",
            fills(&app, &path, "password=short").await,
        );
        keep(
            "password-set",
            fills(&app, &path, "password=Another+pass+phrase").await,
        );
        keep_confirmation(&app, language, &keep).await;
        keep_unsubscribing(&app, &email, &keep).await;
        // Whose link it was is not known, nor the language.
        if language == "en" {
            let nobody = format!("{UNSUBSCRIBE}AAAA");
            keep("unsubscribe-invalid", app.stranger().get(&nobody).await);
        }
    }
}

async fn keep_unsubscribing(app: &App, email: &str, keep: &impl Fn(&str, crate::harness::Answer)) {
    let mails = mails_of(app, "ticket_closed");
    let mail = mails.iter().find(|mail| mail.to.contains(email)).unwrap();
    let text = mail.text();
    let (_, rest) = text.split_once(UNSUBSCRIBE).unwrap();
    let path = format!("{UNSUBSCRIBE}{}", rest.split_whitespace().next().unwrap());
    keep("unsubscribe", app.stranger().get(&path).await);
    keep("unsubscribed", fills(app, &path, "").await);
}

async fn keep_confirmation(
    app: &App,
    language: &str,
    keep: &impl Fn(&str, crate::harness::Answer),
) {
    let body = json!({
        "firstName": "Zoe", "lastName": "Otieno", "email": format!("zoe.{language}@example.com"),
        "phoneNumber": "+254712345678", "password": "SecurePass123!", "language": language,
    });
    let made = app.stranger().post("/api/v1/auth/register", body).await;
    made.created();
    app.settle().await;
    let mails = mails_of(app, "confirm_email");
    let mail = mails
        .iter()
        .find(|mail| mail.to.contains(language))
        .unwrap();
    let path = path_in(mail);
    keep("confirm", app.stranger().get(&path).await);
    keep("confirmed", fills(app, &path, "").await);
}
