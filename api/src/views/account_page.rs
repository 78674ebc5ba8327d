//! The pages of mailed links about accounts, in the language of the owner. They show no text of other people.

use super::html::framed;
use axum::{http::StatusCode, response::Response};

/// The content of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// A button that confirms an address.
    ConfirmEmail,
    /// The address is confirmed.
    EmailConfirmed,
    /// Another account has the address.
    EmailTaken,
    /// The form for a new password.
    NewPassword,
    /// The form for a new password, after an unfit one.
    NewPasswordAgain,
    /// The password is set.
    PasswordSet,
    /// The link is no longer valid.
    NoSuchLink,
}

struct Variants {
    title: &'static str,
    confirm: &'static str,
    confirm_button: &'static str,
    confirmed: &'static str,
    taken: &'static str,
    password: &'static str,
    password_again: &'static str,
    password_button: &'static str,
    password_set: &'static str,
    no_such_link: &'static str,
}

const ENGLISH: Variants = Variants {
    title: "Your account at BaiTech",
    confirm: "Is this your e-mail address? Press the button to confirm it.",
    confirm_button: "Confirm the address",
    confirmed: "Thank you. Your e-mail address is confirmed.",
    taken: "Another account has this e-mail address now.",
    password: "Your new password, of 10 to 128 characters",
    password_again: "This password cannot be used. Please choose a password of 10 to 128 characters.",
    password_button: "Set the password",
    password_set: "Your new password is set. You have been logged out everywhere: please log in with the new password.",
    no_such_link: "This link is no longer valid. Please open the latest mail from us, or request another one.",
};

const SWAHILI: Variants = Variants {
    title: "Akaunti yako ya BaiTech",
    confirm: "Je, hii ni anwani yako ya barua pepe? Bonyeza kitufe ili kuithibitisha.",
    confirm_button: "Thibitisha anwani",
    confirmed: "Asante. Anwani yako ya barua pepe imethibitishwa.",
    taken: "Akaunti nyingine sasa ina anwani hii ya barua pepe.",
    password: "Nenosiri lako jipya, la herufi 10 hadi 128",
    password_again: "Hilo halifai. Tafadhali chagua nenosiri la herufi 10 hadi 128.",
    password_button: "Weka nenosiri",
    password_set: "Nenosiri lako jipya limewekwa. Umeondolewa kwenye vifaa vyote: tafadhali ingia nalo.",
    no_such_link: "Kiungo hiki hakitumiki tena. Tafadhali fungua barua pepe yetu ya mwisho, au omba nyingine.",
};

const FRENCH: Variants = Variants {
    title: "Votre compte BaiTech",
    confirm: "Est-ce bien votre adresse e-mail ? Appuyez sur le bouton pour la confirmer.",
    confirm_button: "Confirmer l’adresse",
    confirmed: "Merci. Votre adresse e-mail est confirmée.",
    taken: "Un autre compte a désormais cette adresse e-mail.",
    password: "Votre nouveau mot de passe, de 10 à 128 caractères",
    password_again: "Cela ne convient pas. Veuillez choisir un mot de passe de 10 à 128 caractères.",
    password_button: "Enregistrer le mot de passe",
    password_set: "Votre nouveau mot de passe est enregistré. Toutes vos sessions ont pris fin : veuillez vous reconnecter.",
    no_such_link: "Ce lien n’est plus valable. Veuillez ouvrir notre dernier courriel, ou en demander un autre.",
};

/// A page with that status, in that language or, where it is not supported, in English.
#[must_use]
pub fn page(status: StatusCode, language: &str, what: Page) -> Response {
    let (tag, words) = match language.split('-').next() {
        Some("sw") => ("sw", &SWAHILI),
        Some("fr") => ("fr", &FRENCH),
        _ => ("en", &ENGLISH),
    };
    let content = match what {
        Page::ConfirmEmail => format!(
            "<form method=\"post\">\n<p>{}</p>\n<button>{}</button>\n</form>",
            words.confirm, words.confirm_button
        ),
        Page::NewPassword => password_form(words, words.password),
        Page::NewPasswordAgain => password_form(words, words.password_again),
        Page::EmailConfirmed => format!("<p>{}</p>", words.confirmed),
        Page::EmailTaken => format!("<p>{}</p>", words.taken),
        Page::PasswordSet => format!("<p>{}</p>", words.password_set),
        Page::NoSuchLink => format!("<p>{}</p>", words.no_such_link),
    };
    framed(status, tag, words.title, &content)
}

/// The form posts to its own URL, which has the token.
fn password_form(words: &Variants, label: &str) -> String {
    format!(
        "<form method=\"post\">\n<label>{label}\
         <input type=\"password\" name=\"password\" autocomplete=\"new-password\" minlength=\"10\" maxlength=\"128\" required></label>\n\
         <button>{button}</button>\n</form>",
        button = words.password_button,
    )
}
