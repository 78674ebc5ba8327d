//! The sources of the templates, by template and language. The compiler reports a missing one.

use domain::notifications::Template;

/// A language of mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English, also for languages without templates.
    English,
    /// Kiswahili.
    Swahili,
    /// French.
    French,
}

impl Language {
    /// All languages.
    pub const ALL: [Self; 3] = [Self::English, Self::Swahili, Self::French];

    /// The language for a tag (BCP 47), such as `sw-KE`.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(primary))
            .unwrap_or(Self::English)
    }

    /// The tag of the language.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Swahili => "sw",
            Self::French => "fr",
        }
    }

    /// The shared part of its templates: the greeting and the footer.
    #[must_use]
    pub const fn base(self) -> &'static str {
        match self {
            Self::English => include_str!("../../templates/en/base.jinja"),
            Self::Swahili => include_str!("../../templates/sw/base.jinja"),
            Self::French => include_str!("../../templates/fr/base.jinja"),
        }
    }
}

/// The layout of every mail as text.
pub const TEXT_LAYOUT: &str = include_str!("../../templates/layout.txt");
/// The layout of every mail as HTML.
pub const HTML_LAYOUT: &str = include_str!("../../templates/layout.html");

/// The source of one template in each language.
macro_rules! in_language {
    ($language:ident, $name:literal) => {
        match $language {
            Language::English => include_str!(concat!("../../templates/en/", $name, ".jinja")),
            Language::Swahili => include_str!(concat!("../../templates/sw/", $name, ".jinja")),
            Language::French => include_str!(concat!("../../templates/fr/", $name, ".jinja")),
        }
    };
}

/// The source of a digest.
#[must_use]
pub const fn digest(language: Language) -> &'static str {
    in_language!(language, "digest")
}

/// The source of a template; `None` for one that never goes by mail.
#[must_use]
pub const fn source(template: Template, language: Language) -> Option<&'static str> {
    Some(match template {
        Template::StatusChanged
        | Template::WorkStatusChanged
        | Template::NoteAdded
        | Template::TicketWaiting => return None,
        Template::TicketReceived => in_language!(language, "ticket_received"),
        Template::TicketAssigned => in_language!(language, "ticket_assigned"),
        Template::AnswerAwaited => in_language!(language, "answer_awaited"),
        Template::AnswerReminder => in_language!(language, "answer_reminder"),
        Template::StaffReplied => in_language!(language, "staff_replied"),
        Template::TicketResolved => in_language!(language, "ticket_resolved"),
        Template::TicketClosed => in_language!(language, "ticket_closed"),
        Template::WorkAssigned => in_language!(language, "work_assigned"),
        Template::CustomerReplied => in_language!(language, "customer_replied"),
        Template::WorkReopened => in_language!(language, "work_reopened"),
        Template::Mentioned => in_language!(language, "mentioned"),
        Template::EscalatedToYou => in_language!(language, "escalated_to_you"),
        Template::EscalatedToNobody => in_language!(language, "escalated_to_nobody"),
        Template::EscalationResolved => in_language!(language, "escalation_resolved"),
        Template::SlaAtRisk => in_language!(language, "sla_at_risk"),
        Template::SlaBreached => in_language!(language, "sla_breached"),
        Template::ConfirmEmail => in_language!(language, "confirm_email"),
        Template::ResetPassword => in_language!(language, "reset_password"),
        Template::PasswordChanged => in_language!(language, "password_changed"),
        Template::EmailChanged => in_language!(language, "email_changed"),
        Template::TooManyFailures => in_language!(language, "too_many_failures"),
        Template::WebhookDisabled => in_language!(language, "webhook_disabled"),
    })
}

/// The title of a template, which is the same for every ticket; `None` for one that never goes by mail.
#[must_use]
pub fn title(template: Template, language: Language) -> Option<&'static str> {
    let (_, rest) = source(template, language)?.split_once("{% block title %}")?;
    let (title, _) = rest.split_once("{% endblock %}")?;
    Some(title)
}
