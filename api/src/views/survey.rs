//! The pages of the survey, in the language of the customer. They show no text of other people, and of the
//! customer only a refused form, with the reason of the refusal.

use super::html::{Framed, escaped, framed};
use axum::{http::StatusCode, response::Response};
use domain::tickets::TicketNumber;
use platform::config::Brand;

/// The content of a page.
#[derive(Debug)]
pub enum Page<'a> {
    /// The form for the ticket with that number, as it was filled in.
    Form(&'a TicketNumber, Filled<'a>),
    /// The rating is stored.
    Thanks,
    /// The resolution was rated before.
    Answered,
    /// The ticket was reopened.
    Over,
    /// There is no such survey.
    NotFound,
}

/// The values in the form.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filled<'a> {
    /// The chosen number of stars.
    pub rating: Option<i16>,
    /// The typed text.
    pub feedback: &'a str,
    /// The reasons of the refusal.
    pub wrong: &'a [Wrong],
}

/// Why a form is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// No star was chosen.
    NoStar,
    /// The text is too long.
    TooLong,
    /// The text has the NUL character.
    Unreadable,
}

struct Variants {
    title: &'static str,
    question: &'static str,
    worst: &'static str,
    best: &'static str,
    feedback: &'static str,
    send: &'static str,
    no_star: &'static str,
    too_long: &'static str,
    unreadable: &'static str,
    thanks: &'static str,
    answered: &'static str,
    over: &'static str,
    not_found: &'static str,
}

const ENGLISH: Variants = Variants {
    title: "How did we do?",
    question: "How satisfied are you with the way we handled your ticket",
    worst: "1: very dissatisfied",
    best: "5: very satisfied",
    feedback: "Is there anything you would like to tell us? (optional)",
    send: "Send",
    no_star: "Please choose from 1 to 5 stars.",
    too_long: "Your text is too long: at most 5,000 characters are possible. Please shorten it.",
    unreadable: "Your text has a character that we cannot accept. Please type it again.",
    thanks: "Thank you. We have received your answer. You can close this page.",
    answered: "Thank you. You have already answered this survey.",
    over: "Your ticket has been reopened since this survey was sent. We will ask you again when it is resolved.",
    not_found: "This link is not valid. Please open it exactly as it is in the mail.",
};

const SWAHILI: Variants = Variants {
    title: "Tulikuhudumia vipi?",
    question: "Umeridhika kiasi gani na jinsi tulivyoshughulikia tiketi yako",
    worst: "1: sijaridhika kabisa",
    best: "5: nimeridhika sana",
    feedback: "Je, kuna jambo ungependa kutuambia? (si lazima)",
    send: "Tuma",
    no_star: "Tafadhali chagua nyota 1 hadi 5.",
    too_long: "Maandishi yako ni marefu mno: herufi 5,000 tu zinatosha. Tafadhali yafupishe.",
    unreadable: "Maandishi yako yana herufi ambayo hatuwezi kuipokea. Tafadhali yaandike upya.",
    thanks: "Asante. Tumepokea jibu lako. Unaweza kufunga ukurasa huu.",
    answered: "Asante. Tayari umejibu maswali haya.",
    over: "Tiketi yako imefunguliwa tena tangu maswali haya yatumwe. Tutakuuliza itakapokamilika.",
    not_found: "Kiungo hiki si sahihi. Tafadhali kifungue kama kilivyo kwenye barua pepe.",
};

const FRENCH: Variants = Variants {
    title: "Êtes-vous satisfait\u{a0}?",
    question: "Dans quelle mesure êtes-vous satisfait du traitement de votre ticket",
    worst: "1\u{a0}: très insatisfait",
    best: "5\u{a0}: très satisfait",
    feedback: "Souhaitez-vous nous dire quelque chose\u{a0}? (facultatif)",
    send: "Envoyer",
    no_star: "Veuillez choisir de 1 à 5 étoiles.",
    too_long: "Votre texte est trop long\u{a0}: 5 000 caractères au plus. Veuillez le raccourcir.",
    unreadable: "Votre texte contient un caractère que nous ne pouvons pas accepter. Veuillez le saisir à nouveau.",
    thanks: "Merci. Votre réponse nous est parvenue. Vous pouvez fermer cette page.",
    answered: "Merci. Vous avez déjà répondu à cette enquête.",
    over: "Votre ticket a été rouvert depuis l’envoi de cette enquête. Nous vous interrogerons une fois qu’il sera traité.",
    not_found: "Ce lien n’est pas valable. Veuillez l’ouvrir tel qu’il figure dans le courriel.",
};

/// A page with that status, in that language or, where it is not supported, in English.
#[must_use]
pub fn page(brand: &Brand, status: StatusCode, language: &str, what: &Page<'_>) -> Response {
    let (tag, words) = match language.split('-').next() {
        Some("sw") => ("sw", &SWAHILI),
        Some("fr") => ("fr", &FRENCH),
        _ => ("en", &ENGLISH),
    };
    let content = match what {
        Page::Form(number, filled) => form(words, number, *filled),
        Page::Thanks => format!("<p>{}</p>", words.thanks),
        Page::Answered => format!("<p>{}</p>", words.answered),
        Page::Over => format!("<p>{}</p>", words.over),
        Page::NotFound => format!("<p>{}</p>", words.not_found),
    };
    let page = Framed {
        tag,
        title: words.title,
        content: &content,
        script: "",
    };
    framed(brand, status, &page)
}

/// The form posts to its own URL, which has the token. Each reason stands beside its field, and screen readers
/// read it out when the page opens.
fn form(words: &Variants, number: &TicketNumber, filled: Filled<'_>) -> String {
    let star = |stars: i16| {
        let checked = if filled.rating == Some(stars) {
            " checked"
        } else {
            ""
        };
        format!(
            "<label><input type=\"radio\" name=\"rating\" value=\"{stars}\" required{checked}> {stars} ★</label>"
        )
    };
    let stars = [1, 2, 3, 4, 5].map(star).concat();
    let (no_star, star_wrong) = reason(words, filled, &[Wrong::NoStar], "rating-wrong");
    let of_text = [Wrong::TooLong, Wrong::Unreadable];
    let (of_text, text_wrong) = reason(words, filled, &of_text, "feedback-wrong");
    // HTML ignores a line break directly after the tag.
    format!(
        "<form method=\"post\">\n<fieldset{star_wrong}>\n<legend>{question} (<span class=\"whole\">{number}</span>)?</legend>\n\
         {no_star}<div class=\"stars\">{stars}</div>\n\
         <p class=\"soft ends\"><span>{worst}</span> <span>{best}</span></p>\n</fieldset>\n{of_text}\
         <label>{feedback}<textarea name=\"feedback\" maxlength=\"5000\"{text_wrong}>\n{typed}</textarea></label>\n\
         <button>{send}</button>\n</form>",
        question = words.question,
        worst = words.worst,
        best = words.best,
        feedback = words.feedback,
        send = words.send,
        typed = escaped(filled.feedback),
    )
}

/// The first of these reasons, and the attributes by which its field refers to it.
fn reason(words: &Variants, filled: Filled<'_>, of: &[Wrong], id: &str) -> (String, String) {
    let Some(wrong) = filled.wrong.iter().find(|wrong| of.contains(wrong)) else {
        return (String::new(), String::new());
    };
    let why = match wrong {
        Wrong::NoStar => words.no_star,
        Wrong::TooLong => words.too_long,
        Wrong::Unreadable => words.unreadable,
    };
    (
        format!("<p class=\"wrong\" id=\"{id}\" role=\"alert\">{why}</p>\n"),
        format!(" aria-invalid=\"true\" aria-describedby=\"{id}\""),
    )
}
