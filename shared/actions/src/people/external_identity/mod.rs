//! People whom an outside issuer knows. Their first request makes their account here; what they
//! may do, and whether the account may be used, is then decided here and not by their tokens.
//!
//! An account of the same address that was made here is never taken over by such a person: that
//! the issuer knows the address proves nothing about who has the account.
//!
//! Race: two first requests at once. The unique name, or the address, lets one of them make the
//! account; the other looks again and finds it.

mod store;

use crate::{
    error::ActionError,
    people::{
        create,
        known::{AddressIs, Known},
    },
};
use domain::{
    actor::{Actor, Initiator},
    field_error::FieldErrors,
    people::{NewPerson, NewSupportInfo, Password, Role, fields},
};
use platform::context::Context;

/// What an issuer says of a person.
#[derive(Debug, Clone, Default)]
pub struct ExternalPerson {
    /// Who says so.
    pub issuer: String,
    /// The person's name there: `sub`.
    pub subject: String,
    /// Address.
    pub email: Option<String>,
    /// Whether the issuer has confirmed the address.
    pub email_verified: bool,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// E.164.
    pub phone_number: Option<String>,
    /// A language of BCP 47.
    pub language: Option<String>,
    /// An IANA name.
    pub timezone: Option<String>,
    /// What the person may do, so far as the issuer is believed in that.
    pub role: Option<Role>,
}

/// Who that is here, with an account made on the way if there is none; `None` when the account may
/// not be used. It begins and commits a unit of work of its own, before any that the request
/// needs: what another first request has made is looked for after this one's was given up.
///
/// # Errors
/// An account has to be made and cannot: the address is missing, or somebody else's here.
pub async fn recognise(
    cx: &Context,
    person: &ExternalPerson,
) -> Result<Option<Actor>, ActionError> {
    if let Some(known) = store::find(&cx.pool, &person.issuer, &person.subject).await? {
        return Ok(known.actor());
    }
    let refused = match admit(cx, person).await {
        Ok(actor) => return Ok(Some(actor)),
        Err(error) => error,
    };
    match store::find(&cx.pool, &person.issuer, &person.subject).await? {
        Some(known) => Ok(known.actor()),
        None => Err(refused),
    }
}

async fn admit(cx: &Context, person: &ExternalPerson) -> Result<Actor, ActionError> {
    let new = parse(person, cx.ids.bytes())?;
    let address = if person.email_verified {
        AddressIs::VouchedFor
    } else {
        AddressIs::ToBeConfirmed
    };
    let known = Known::Outside {
        issuer: person.issuer.clone(),
        subject: person.subject.clone(),
        address,
    };
    let mut work = cx.begin(Initiator::System).await?;
    let id = create(&mut work, &new, &known).await?;
    work.commit().await?;
    Ok(Actor { id, role: new.role })
}

/// What is told of a token without an address.
#[must_use]
pub fn email_missing() -> ActionError {
    ActionError::forbidden(
        "email_missing",
        "The token's issuer names no e-mail address for you, which an account needs.",
    )
}

/// What cannot be understood of names, numbers and the like is left out; the address is needed.
fn parse(person: &ExternalPerson, chance: [u8; 32]) -> Result<NewPerson, ActionError> {
    let mut faults = FieldErrors::new();
    let email = fields::email(&mut faults, "email", person.email.as_deref());
    let email = faults.finish(email).map_err(|_| email_missing())?;
    let role = person.role.unwrap_or(Role::Customer);
    let of = |name: &Option<String>, instead: &str| {
        let name = name.as_deref().unwrap_or_default().replace('\0', "");
        let name: String = name.trim().chars().take(100).collect();
        if name.is_empty() {
            instead.to_owned()
        } else {
            name
        }
    };
    let local = email.split('@').next().unwrap_or_default().to_owned();
    let mut unheard = FieldErrors::new();
    let phone = person.phone_number.as_deref();
    Ok(NewPerson {
        first_name: of(&person.first_name, &local),
        last_name: of(&person.last_name, "-"),
        // No phone number is known: to the empty one nothing is sent.
        phone_number: phone
            .and_then(|phone| fields::phone(&mut unheard, "", Some(phone)))
            .unwrap_or_default(),
        password: Password::unknown(chance),
        role,
        language: fields::language(&mut unheard, "", person.language.as_deref())
            .unwrap_or_else(|| "en".to_owned()),
        timezone: fields::timezone(&mut unheard, "", person.timezone.as_deref())
            .unwrap_or_default(),
        support_info: role.is_staff().then(NewSupportInfo::default),
        email,
    })
}
