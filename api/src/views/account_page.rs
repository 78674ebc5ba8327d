//! The pages of mailed links about accounts, in the language of the owner. They show no text of other people, and
//! of the address as much as its owner needs to recognise it.

use super::html::{Framed, escaped, framed};
use axum::{http::StatusCode, response::Response};
use platform::config::Brand;

/// The content of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page<'a> {
    /// A button that confirms this address.
    ConfirmEmail(&'a str),
    /// The address is confirmed.
    EmailConfirmed,
    /// Another account has the address.
    EmailTaken,
    /// The form for a new password of the account with this address.
    NewPassword(&'a str),
    /// The same form, after an unfit password.
    NewPasswordAgain(&'a str),
    /// The password is set.
    PasswordSet,
    /// The link is no longer valid.
    NoSuchLink,
}

/// Lets people read what they type. Without scripts the box stays hidden.
const SHOW_PASSWORD: &str = include_str!("show_password.js");

struct Variants {
    title: &'static str,
    account: &'static str,
    confirm: &'static str,
    confirm_button: &'static str,
    confirmed: &'static str,
    taken: &'static str,
    password: &'static str,
    unfit: &'static str,
    show: &'static str,
    password_button: &'static str,
    password_set: &'static str,
    no_such_link: &'static str,
}

const ENGLISH: Variants = Variants {
    title: "Your account at {brand}",
    account: "Account:",
    confirm: "Is this your e-mail address? Press the button to confirm it.",
    confirm_button: "Confirm the address",
    confirmed: "Thank you. Your e-mail address is confirmed. You can close this page and go on in {brand}.",
    taken: "Another account has this e-mail address now.",
    password: "Your new password, of 10 to 128 characters",
    unfit: "This password cannot be used. Please choose a password of 10 to 128 characters.",
    show: "Show the password",
    password_button: "Set the password",
    password_set: "Your new password is set, and all your logins have ended. You can close this page: go back to {brand} and log in with the new password.",
    no_such_link: "This link is no longer valid. Please open the latest mail from us, or request another one.",
};

const SWAHILI: Variants = Variants {
    title: "Akaunti yako ya {brand}",
    account: "Akaunti:",
    confirm: "Je, hii ni anwani yako ya barua pepe? Bonyeza kitufe ili kuithibitisha.",
    confirm_button: "Thibitisha anwani",
    confirmed: "Asante. Anwani yako ya barua pepe imethibitishwa. Unaweza kufunga ukurasa huu na kuendelea kwenye {brand}.",
    taken: "Akaunti nyingine sasa ina anwani hii ya barua pepe.",
    password: "Nenosiri lako jipya, la herufi 10 hadi 128",
    unfit: "Nenosiri hili haliwezi kutumika. Tafadhali chagua nenosiri la herufi 10 hadi 128.",
    show: "Onyesha nenosiri",
    password_button: "Weka nenosiri",
    password_set: "Nenosiri lako jipya limewekwa, na umeondolewa kwenye vifaa vyote. Unaweza kufunga ukurasa huu: rudi kwenye {brand} na uingie kwa nenosiri jipya.",
    no_such_link: "Kiungo hiki hakitumiki tena. Tafadhali fungua barua pepe yetu ya mwisho, au omba nyingine.",
};

const FRENCH: Variants = Variants {
    title: "Votre compte {brand}",
    account: "Compte\u{a0}:",
    confirm: "Est-ce bien votre adresse e-mail\u{a0}? Appuyez sur le bouton pour la confirmer.",
    confirm_button: "Confirmer l’adresse",
    confirmed: "Merci. Votre adresse e-mail est confirmée. Vous pouvez fermer cette page et continuer dans {brand}.",
    taken: "Un autre compte a désormais cette adresse e-mail.",
    password: "Votre nouveau mot de passe, de 10 à 128 caractères",
    unfit: "Ce mot de passe ne peut pas être utilisé. Veuillez choisir un mot de passe de 10 à 128 caractères.",
    show: "Afficher le mot de passe",
    password_button: "Enregistrer le mot de passe",
    password_set: "Votre nouveau mot de passe est enregistré et toutes vos sessions ont pris fin. Vous pouvez fermer cette page\u{a0}: retournez dans {brand} et connectez-vous avec le nouveau mot de passe.",
    no_such_link: "Ce lien n’est plus valable. Veuillez ouvrir notre dernier courriel, ou en demander un autre.",
};

/// A page with that status, in that language or, where it is not supported, in English.
#[must_use]
pub fn page(brand: &Brand, status: StatusCode, language: &str, what: Page<'_>) -> Response {
    let (tag, words) = match language.split('-').next() {
        Some("sw") => ("sw", &SWAHILI),
        Some("fr") => ("fr", &FRENCH),
        _ => ("en", &ENGLISH),
    };
    let text = |text: &str| format!("<p>{}</p>", named(text, brand));
    let content = match what {
        Page::ConfirmEmail(address) => format!(
            "<form method=\"post\">\n<p>{}</p>\n{}<button>{}</button>\n</form>",
            words.confirm,
            account(words, address),
            words.confirm_button
        ),
        Page::NewPassword(address) => password_form(words, address, ""),
        Page::NewPasswordAgain(address) => password_form(words, address, words.unfit),
        Page::EmailConfirmed => text(words.confirmed),
        Page::EmailTaken => text(words.taken),
        Page::PasswordSet => text(words.password_set),
        Page::NoSuchLink => text(words.no_such_link),
    };
    let page = Framed {
        tag,
        title: &named(words.title, brand),
        content: &content,
        script: match what {
            Page::NewPassword(_) | Page::NewPasswordAgain(_) => SHOW_PASSWORD,
            Page::ConfirmEmail(_)
            | Page::EmailConfirmed
            | Page::EmailTaken
            | Page::PasswordSet
            | Page::NoSuchLink => "",
        },
    };
    framed(brand, status, &page)
}

/// A text with the brand's name, as HTML.
fn named(text: &str, brand: &Brand) -> String {
    text.replace("{brand}", &escaped(&brand.name))
}

fn account(words: &Variants, address: &str) -> String {
    let address = escaped(&masked(address));
    format!(
        "<p class=\"soft\">{} <span class=\"whole\" dir=\"ltr\">{address}</span></p>\n",
        words.account
    )
}

/// An address that its owner recognises, and that a stranger who sees the page cannot log in with.
fn masked(address: &str) -> String {
    let (name, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let first: String = name.chars().take(1).collect();
    format!("{first}…@{domain}")
}

/// The form posts to its own URL, which has the token.
fn password_form(words: &Variants, address: &str, wrong: &str) -> String {
    let (reason, refers) = if wrong.is_empty() {
        (String::new(), "")
    } else {
        (
            format!("<p class=\"wrong\" id=\"wrong\" role=\"alert\">{wrong}</p>\n"),
            " aria-invalid=\"true\" aria-describedby=\"wrong\"",
        )
    };
    format!(
        "<form method=\"post\">\n{account}{reason}<label>{label}\
         <input type=\"password\" name=\"password\" autocomplete=\"new-password\" autocapitalize=\"none\" \
         spellcheck=\"false\" minlength=\"10\" maxlength=\"128\" \
         required{refers}></label>\n\
         <label class=\"show\" hidden><input type=\"checkbox\"> {show}</label>\n\
         <button>{button}</button>\n</form>",
        account = account(words, address),
        label = words.password,
        show = words.show,
        button = words.password_button,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_the_first_letter_and_the_domain_are_shown() {
        for (address, shown) in [
            ("amina.otieno@example.org", "a…@example.org"),
            ("a@example.org", "a…@example.org"),
            ("été@example.org", "é…@example.org"),
            ("\"a@b\"@example.org", "\"…@example.org"),
        ] {
            assert_eq!(masked(address), shown);
        }
    }
}
