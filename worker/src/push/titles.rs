//! The titles of push messages: those of the mails, and of what never goes by mail its own. Pure.

use crate::mail::{Language, title};
use domain::notifications::Template;

/// The title of a notification.
pub fn of_template(template: Template, language: Language) -> &'static str {
    title(template, language).unwrap_or_else(|| own(template, language))
}

/// English, Kiswahili, French.
fn own(template: Template, language: Language) -> &'static str {
    let [english, swahili, french] = match template {
        Template::StatusChanged => [
            "Your ticket has a new status",
            "Hali ya tiketi yako imebadilika",
            "Votre ticket a changé de statut",
        ],
        Template::WorkStatusChanged => ["Status changed", "Hali imebadilika", "Statut modifié"],
        Template::NoteAdded => [
            "New internal note",
            "Dokezo jipya la ndani",
            "Nouvelle note interne",
        ],
        Template::TicketWaiting => [
            "A ticket waits for an agent",
            "Tiketi inasubiri mhudumu",
            "Un ticket attend un agent",
        ],
        // They have a mail: a test finds a template with neither.
        _ => ["", "", ""],
    };
    match language {
        Language::English => english,
        Language::Swahili => swahili,
        Language::French => french,
    }
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
