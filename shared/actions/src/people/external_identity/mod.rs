//! People with tokens of an outside issuer. Their first request creates their account here. From then on, role
//! and state of the account are decided here and not by the tokens.
//!
//! An existing account with the same address is never taken over: the issuer's knowledge of the address does not
//! prove who owns the account.
//!
//! Race: two first requests at once. A unique constraint lets one of them create the account; the other one
//! looks again and finds it.

mod store;

use crate::{
    error::ActionError,
    people::{
        create,
        credential::{AddressState, Credential},
    },
};
use domain::{
    actor::{Actor, Initiator},
    field_error::FieldErrors,
    people::{NewPerson, NewSupportInfo, Password, Role, fields},
};
use platform::context::Context;

/// A person as the claims of a token describe them.
#[derive(Debug, Clone, Default)]
pub struct ExternalPerson {
    /// The issuer (`iss`).
    pub issuer: String,
    /// The subject (`sub`), by which the issuer identifies the person.
    pub subject: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Whether the issuer has confirmed the address.
    pub email_verified: bool,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Phone number in E.164 form.
    pub phone_number: Option<String>,
    /// A language tag of BCP 47.
    pub language: Option<String>,
    /// A time zone by its IANA name.
    pub timezone: Option<String>,
    /// The role; `None` where the settings do not trust the issuer with it.
    pub role: Option<Role>,
}

/// The actor for a person, whose account is created if there is none; `None` when the account is inactive. The
/// function begins and commits its own unit of work, before that of the request: after a conflict with another
/// first request it rolls back and looks again.
///
/// # Errors
/// [`ActionError::Forbidden`] when a new account has no address; [`ActionError::Conflict`] when another account
/// has the address; the database failed.
pub async fn recognise(
    cx: &Context,
    person: &ExternalPerson,
) -> Result<Option<Actor>, ActionError> {
    if let Some(account) = store::find(&cx.pool, &person.issuer, &person.subject).await? {
        return Ok(account.actor());
    }
    let refused = match admit(cx, person).await {
        Ok(actor) => return Ok(Some(actor)),
        Err(error) => error,
    };
    match store::find(&cx.pool, &person.issuer, &person.subject).await? {
        Some(account) => Ok(account.actor()),
        None => Err(refused),
    }
}

async fn admit(cx: &Context, person: &ExternalPerson) -> Result<Actor, ActionError> {
    let new = parse(person, cx.ids.bytes())?;
    let address = if person.email_verified {
        AddressState::Confirmed
    } else {
        AddressState::ToBeConfirmed
    };
    let credential = Credential::External {
        issuer: person.issuer.clone(),
        subject: person.subject.clone(),
        address,
    };
    let mut work = cx.begin(Initiator::System).await?;
    let id = create(&mut work, &new, &credential).await?;
    work.commit().await?;
    Ok(Actor { id, role: new.role })
}

/// The error for a token without an e-mail address.
#[must_use]
pub fn email_missing() -> ActionError {
    ActionError::forbidden(
        "email_missing",
        "The token's issuer names no e-mail address for you, which an account needs.",
    )
}

/// The new account. Invalid claims are ignored, except for the address, which is required.
fn parse(person: &ExternalPerson, random: [u8; 32]) -> Result<NewPerson, ActionError> {
    let mut errors = FieldErrors::new();
    let email = fields::email(&mut errors, "email", person.email.as_deref());
    let email = errors.finish(email).map_err(|_| email_missing())?;
    let role = person.role.unwrap_or(Role::Customer);
    let name_or = |name: &Option<String>, instead: &str| {
        let name = name.as_deref().unwrap_or_default().replace('\0', "");
        let name: String = name.trim().chars().take(100).collect();
        if name.is_empty() {
            instead.to_owned()
        } else {
            name
        }
    };
    let local = email.split('@').next().unwrap_or_default().to_owned();
    let mut ignored = FieldErrors::new();
    let phone = person.phone_number.as_deref();
    Ok(NewPerson {
        first_name: name_or(&person.first_name, &local),
        last_name: name_or(&person.last_name, "-"),
        // Nothing is sent to an empty phone number.
        phone_number: phone
            .and_then(|phone| fields::phone(&mut ignored, "", Some(phone)))
            .unwrap_or_default(),
        password: Password::unknown(random),
        role,
        language: fields::language(&mut ignored, "", person.language.as_deref())
            .unwrap_or_else(|| "en".to_owned()),
        timezone: fields::timezone(&mut ignored, "", person.timezone.as_deref())
            .unwrap_or_default(),
        support_info: role.is_staff().then(NewSupportInfo::default),
        email,
    })
}
