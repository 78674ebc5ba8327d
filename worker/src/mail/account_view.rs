//! The variables of a mail about an account. Pure.

use super::{Links, View, local_time::LocalTime, templates::Language, view::one_line};
use actions::notifications::account::AccountContent;
use domain::people::AccountEventKind;

impl View {
    /// The variables for a notification about an account.
    #[must_use]
    pub fn of_account(content: &AccountContent, links: &Links) -> Self {
        let person = &content.person;
        let local = LocalTime::new(Language::from_tag(&person.language), person.timezone);
        Self {
            audience: "owner",
            first_name: person.confirmed.then(|| one_line(&person.first_name)),
            address: Some(one_line(&content.address)),
            at: local.day_and_time(content.at),
            until: content.expires_at.map(|end| local.day_and_time(end)),
            link: link(content, links),
            ..Self::default()
        }
    }
}

/// The link to the page on which the owner confirms.
fn link(content: &AccountContent, links: &Links) -> Option<String> {
    let page = match content.kind {
        AccountEventKind::ConfirmEmail => "confirm-email",
        AccountEventKind::ResetPassword => "reset-password",
        AccountEventKind::PasswordChanged
        | AccountEventKind::EmailChanged
        | AccountEventKind::TooManyFailures
        | AccountEventKind::WebhookDisabled => return None,
    };
    let token = domain::people::account::link(&links.secret, content.kind, content.event);
    Some(format!("{}/api/v1/auth/{page}/{token}", links.public_url))
}
