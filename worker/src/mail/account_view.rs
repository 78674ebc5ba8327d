//! The variables of a mail about an account, with instants in the owner's own time zone. Pure.

use super::{
    Links,
    view::{local, one_line},
};
use actions::notifications::account::AccountContent;
use domain::people::AccountEventKind;
use serde::Serialize;

/// The variables of templates about accounts. Templates see nothing else.
#[derive(Debug, Serialize)]
pub struct AccountView {
    audience: &'static str,
    number: Option<String>,
    /// The recipient's given name; `None` while the address is not confirmed: it may be a
    /// stranger's, who must not read text that another person wrote.
    first_name: Option<String>,
    /// The address that the mail is sent to.
    address: String,
    at: String,
    until: Option<String>,
    link: Option<String>,
    quote: Option<String>,
    files: i64,
}

impl AccountView {
    /// The variables for a notification about an account.
    #[must_use]
    pub fn new(content: &AccountContent, links: &Links) -> Self {
        let zone = content.person.timezone;
        Self {
            audience: "owner",
            number: None,
            first_name: content
                .person
                .confirmed
                .then(|| one_line(&content.person.first_name)),
            address: one_line(&content.address),
            at: local(content.at, zone),
            until: content.expires_at.map(|end| local(end, zone)),
            link: link(content, links),
            quote: None,
            files: 0,
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
        | AccountEventKind::TooManyFailures => return None,
    };
    let token = domain::people::account::link(&links.secret, content.kind, content.event);
    Some(format!("{}/api/v1/auth/{page}/{token}", links.public_url))
}
