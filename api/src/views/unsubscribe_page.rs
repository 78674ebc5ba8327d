//! The pages of the link that stops a kind of mail, in the language of its reader. They name no person and no address:
//! forwarded mails have the link as well.

use super::html::{Framed, escaped, framed};
use axum::{http::StatusCode, response::Response};
use domain::notifications::Template;
use platform::config::Brand;
use std::collections::BTreeSet;

/// The content of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// A button that stops mails of these kinds.
    Form(BTreeSet<Template>),
    /// They are stopped.
    Done(BTreeSet<Template>),
    /// There is no such link.
    NoSuchLink,
}

struct Words {
    title: &'static str,
    question: &'static str,
    button: &'static str,
    done: &'static str,
    again: &'static str,
    no_such_link: &'static str,
}

const ENGLISH: Words = Words {
    title: "Mails from {brand}",
    question: "Do you want to stop these mails?",
    button: "Stop them",
    done: "You will get no more of these mails:",
    again: "You can switch them on again in your notification preferences.",
    no_such_link: "This link is not valid. Please open it exactly as it is in the mail.",
};

const SWAHILI: Words = Words {
    title: "Barua pepe kutoka {brand}",
    question: "Je, ungependa kuacha kupokea barua pepe hizi?",
    button: "Acha kuzituma",
    done: "Hutapokea tena barua pepe hizi:",
    again: "Unaweza kuziwasha tena katika mapendeleo yako ya arifa.",
    no_such_link: "Kiungo hiki si sahihi. Tafadhali kifungue kama kilivyo kwenye barua pepe.",
};

const FRENCH: Words = Words {
    title: "Courriels de {brand}",
    question: "Voulez-vous ne plus recevoir ces courriels\u{a0}?",
    button: "Ne plus les recevoir",
    done: "Vous ne recevrez plus ces courriels\u{a0}:",
    again: "Vous pouvez les réactiver dans vos préférences de notification.",
    no_such_link: "Ce lien n’est pas valable. Veuillez l’ouvrir tel qu’il figure dans le courriel.",
};

/// A page with that status, in that language or, where it is not supported, in English.
#[must_use]
pub fn page(brand: &Brand, status: StatusCode, language: &str, what: &Page) -> Response {
    let (tag, words) = match language.split('-').next() {
        Some("sw") => ("sw", &SWAHILI),
        Some("fr") => ("fr", &FRENCH),
        _ => ("en", &ENGLISH),
    };
    let title = words.title.replace("{brand}", &escaped(&brand.name));
    let named = |kinds: &BTreeSet<Template>| {
        let names: BTreeSet<_> = kinds.iter().map(|kind| name(tag, *kind)).collect();
        let items = names.iter().map(|name| format!("<li>{name}</li>"));
        format!("<ul>\n{}\n</ul>", items.collect::<Vec<_>>().join("\n"))
    };
    let content = match what {
        Page::Form(kinds) => format!(
            "<form method=\"post\">\n<p>{}</p>\n{}\n<button>{}</button>\n</form>",
            words.question,
            named(kinds),
            words.button
        ),
        Page::Done(kinds) => format!(
            "<p>{}</p>\n{}\n<p>{}</p>",
            words.done,
            named(kinds),
            words.again
        ),
        Page::NoSuchLink => format!("<p>{}</p>", words.no_such_link),
    };
    let page = Framed {
        tag,
        title: &title,
        content: &content,
        script: "",
    };
    framed(brand, status, &page)
}

/// What a kind of mail is about.
#[expect(clippy::too_many_lines, reason = "a table has a row for each kind")]
fn name(tag: &str, kind: Template) -> &'static str {
    let [english, swahili, french] = match kind {
        Template::TicketReceived => [
            "your ticket was received",
            "tiketi yako imepokelewa",
            "votre ticket a été reçu",
        ],
        Template::TicketAssigned => [
            "your ticket was assigned to an agent",
            "tiketi yako imekabidhiwa mhudumu",
            "votre ticket a été confié à un agent",
        ],
        Template::AnswerAwaited | Template::AnswerReminder => [
            "we wait for your answer",
            "tunasubiri jibu lako",
            "nous attendons votre réponse",
        ],
        Template::StaffReplied => [
            "we replied to your ticket",
            "tumejibu tiketi yako",
            "nous avons répondu à votre ticket",
        ],
        Template::TicketResolved => [
            "your ticket was resolved",
            "tiketi yako imetatuliwa",
            "votre ticket a été résolu",
        ],
        Template::TicketClosed => [
            "your ticket was closed",
            "tiketi yako imefungwa",
            "votre ticket a été fermé",
        ],
        Template::StatusChanged | Template::WorkStatusChanged => [
            "the status of a ticket changed",
            "hali ya tiketi imebadilika",
            "l’état d’un ticket a changé",
        ],
        Template::WorkAssigned => [
            "a ticket was assigned to you",
            "umekabidhiwa tiketi",
            "un ticket vous a été confié",
        ],
        Template::CustomerReplied => ["a customer replied", "mteja amejibu", "un client a répondu"],
        Template::WorkReopened => [
            "a ticket of yours was reopened",
            "tiketi yako imefunguliwa tena",
            "un de vos tickets a été rouvert",
        ],
        Template::NoteAdded => [
            "an internal note was added",
            "maelezo ya ndani yameongezwa",
            "une note interne a été ajoutée",
        ],
        Template::Mentioned => [
            "a note mentions you",
            "umetajwa katika maelezo",
            "une note vous mentionne",
        ],
        Template::TicketWaiting => [
            "a new ticket waits",
            "tiketi mpya inasubiri",
            "un nouveau ticket attend",
        ],
        Template::EscalatedToYou | Template::EscalatedToNobody => [
            "a ticket was escalated",
            "tiketi imepandishwa ngazi",
            "un ticket a été escaladé",
        ],
        Template::EscalationResolved => [
            "a ticket that was escalated from you was resolved",
            "tiketi uliyoipandisha ngazi imetatuliwa",
            "un ticket que vous aviez escaladé a été résolu",
        ],
        Template::SlaAtRisk => [
            "a deadline comes near",
            "muda wa mwisho unakaribia",
            "une échéance approche",
        ],
        Template::SlaBreached => [
            "a deadline was missed",
            "muda wa mwisho umepita",
            "une échéance est dépassée",
        ],
        // Mails about accounts have no such link.
        Template::ConfirmEmail
        | Template::ResetPassword
        | Template::PasswordChanged
        | Template::EmailChanged
        | Template::TooManyFailures
        | Template::WebhookDisabled => ["your account", "akaunti yako", "votre compte"],
    };
    match tag {
        "sw" => swahili,
        "fr" => french,
        _ => english,
    }
}
