//! The pages of the survey, in the customer's language. Nothing that people wrote is on them.

use super::html::framed;
use axum::{http::StatusCode, response::Response};
use shared::tickets::TicketNumber;

/// What a page says.
#[derive(Debug)]
pub enum Page<'a> {
    /// The form, for the ticket of that number.
    Form(&'a TicketNumber),
    /// The answer has been taken.
    Thanks,
    /// It was taken before.
    Answered,
    /// The ticket has been taken up again.
    Over,
    /// There is no such survey.
    NotFound,
}

struct Words {
    title: &'static str,
    question: &'static str,
    feedback: &'static str,
    send: &'static str,
    thanks: &'static str,
    answered: &'static str,
    over: &'static str,
    not_found: &'static str,
}

const ENGLISH: Words = Words {
    title: "How did we do?",
    question: "How satisfied are you with the way we handled your ticket",
    feedback: "Is there anything you would like to tell us? (optional)",
    send: "Send",
    thanks: "Thank you. Your answer has reached us.",
    answered: "Thank you. You have answered this survey already.",
    over: "Your ticket has been taken up again since this survey was sent. We will ask you once it is done.",
    not_found: "This link is not one of ours. Please open it as it stands in the mail.",
};

const SWAHILI: Words = Words {
    title: "Tulikuhudumia vipi?",
    question: "Umeridhika kiasi gani na jinsi tulivyoshughulikia tiketi yako",
    feedback: "Je, kuna jambo ungependa kutuambia? (si lazima)",
    send: "Tuma",
    thanks: "Asante. Tumepokea jibu lako.",
    answered: "Asante. Tayari umejibu maswali haya.",
    over: "Tiketi yako imefunguliwa tena tangu maswali haya yatumwe. Tutakuuliza itakapokamilika.",
    not_found: "Kiungo hiki si chetu. Tafadhali kifungue kama kilivyo kwenye barua pepe.",
};

const FRENCH: Words = Words {
    title: "Êtes-vous satisfait ?",
    question: "Dans quelle mesure êtes-vous satisfait du traitement de votre ticket",
    feedback: "Souhaitez-vous nous dire quelque chose ? (facultatif)",
    send: "Envoyer",
    thanks: "Merci. Votre réponse nous est parvenue.",
    answered: "Merci. Vous avez déjà répondu à cette enquête.",
    over: "Votre ticket a été rouvert depuis l’envoi de cette enquête. Nous vous interrogerons une fois qu’il sera traité.",
    not_found: "Ce lien n’est pas valable. Veuillez l’ouvrir tel qu’il figure dans le courriel.",
};

/// A page of that status and language; English where we do not speak it.
#[must_use]
pub fn page(status: StatusCode, language: &str, what: &Page<'_>) -> Response {
    let (tag, words) = match language.split('-').next() {
        Some("sw") => ("sw", &SWAHILI),
        Some("fr") => ("fr", &FRENCH),
        _ => ("en", &ENGLISH),
    };
    let content = match what {
        Page::Form(number) => form(words, number),
        Page::Thanks => format!("<p>{}</p>", words.thanks),
        Page::Answered => format!("<p>{}</p>", words.answered),
        Page::Over => format!("<p>{}</p>", words.over),
        Page::NotFound => format!("<p>{}</p>", words.not_found),
    };
    framed(status, tag, words.title, &content)
}

/// The form sends to its own address, which holds the token.
fn form(words: &Words, number: &TicketNumber) -> String {
    let star = |stars: i16| {
        format!(
            "<label><input type=\"radio\" name=\"rating\" value=\"{stars}\" required> {stars} ★</label>"
        )
    };
    let stars = [1, 2, 3, 4, 5].map(star).concat();
    format!(
        "<form method=\"post\">\n<fieldset>\n<legend>{question} ({number})?</legend>\n\
         <div class=\"stars\">{stars}</div>\n</fieldset>\n\
         <label>{feedback}<textarea name=\"feedback\" maxlength=\"5000\"></textarea></label>\n\
         <button>{send}</button>\n</form>",
        question = words.question,
        feedback = words.feedback,
        send = words.send,
    )
}
