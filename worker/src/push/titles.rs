//! The titles of push messages: those of the mails, and of what never goes by mail its own. Pure.

use crate::mail::{Language, title};
use domain::notifications::Template;

/// The titles of what never goes by mail: English, Kiswahili, French.
const OWN: &[(Template, [&str; 3])] = &[
    (
        Template::StatusChanged,
        [
            "Your ticket has a new status",
            "Hali ya tiketi yako imebadilika",
            "Votre ticket a changé de statut",
        ],
    ),
    (
        Template::WorkStatusChanged,
        ["Status changed", "Hali imebadilika", "Statut modifié"],
    ),
    (
        Template::NoteAdded,
        [
            "New internal note",
            "Dokezo jipya la ndani",
            "Nouvelle note interne",
        ],
    ),
    (
        Template::TicketWaiting,
        [
            "A ticket waits for an agent",
            "Tiketi inasubiri mhudumu",
            "Un ticket attend un agent",
        ],
    ),
];

/// The title of a notification. A test finds a template that has none.
pub fn of_template(template: Template, language: Language) -> &'static str {
    let own = || {
        let (_, [english, swahili, french]) = OWN.iter().find(|(own, _)| *own == template)?;
        Some(match language {
            Language::English => *english,
            Language::Swahili => *swahili,
            Language::French => *french,
        })
    };
    title(template, language).or_else(own).unwrap_or_default()
}

/// The title of a digest of so many notifications.
pub fn of_digest(count: usize, language: Language) -> String {
    match language {
        Language::English => format!("{count} notifications about your tickets"),
        Language::Swahili => format!("Taarifa {count} kuhusu tiketi zako"),
        Language::French => format!("{count} notifications sur vos tickets"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_has_a_title_without_variables_in_every_language() {
        for template in Template::ALL {
            for language in Language::ALL {
                let title = of_template(*template, language);
                let is_plain = !title.is_empty() && !title.contains(['{', '%']);
                assert!(is_plain, "{template}: {title}");
            }
        }
    }
}
