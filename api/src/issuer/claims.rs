//! The person in the claims of an external token (`OpenID` Connect Core, section 5.1). Pure.

use actions::people::external_identity::ExternalPerson;
use domain::people::Role;
use platform::config::{ExternalIssuer, StaffRoles};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The most characters of a subject.
const LONGEST_SUBJECT: usize = 255;

#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    pub sub: String,
    pub exp: i64,
    pub nbf: Option<i64>,
    pub iat: Option<i64>,
    #[serde(default, deserialize_with = "text")]
    email: Option<String>,
    #[serde(default)]
    email_verified: Value,
    #[serde(default, deserialize_with = "text")]
    given_name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    family_name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    phone_number: Option<String>,
    #[serde(default, deserialize_with = "text")]
    locale: Option<String>,
    #[serde(default, deserialize_with = "text")]
    zoneinfo: Option<String>,
    #[serde(default, deserialize_with = "text")]
    role: Option<String>,
}

/// A claim of another type than text counts as absent.
fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) => Some(text),
        _ => None,
    })
}

impl Claims {
    /// Whether the subject can be stored.
    pub fn has_valid_subject(&self) -> bool {
        let length = self.sub.chars().count();
        (1..=LONGEST_SUBJECT).contains(&length) && !self.sub.contains('\0')
    }

    /// The person. A staff role counts only if the issuer is trusted with it.
    pub fn person(self, issuer: &ExternalIssuer) -> ExternalPerson {
        let names = self.name.as_deref().unwrap_or_default().trim();
        let (first, last) = names.split_once(' ').unwrap_or((names, ""));
        let role = self.role.as_deref().and_then(|role| role.parse().ok());
        let believed = |role: &Role| match issuer.staff_roles {
            StaffRoles::Believed => true,
            StaffRoles::NotBelieved => !role.is_staff(),
        };
        ExternalPerson {
            issuer: issuer.issuer.clone(),
            subject: self.sub,
            email: self.email,
            email_verified: self.email_verified == Value::Bool(true),
            first_name: Some(self.given_name.unwrap_or_else(|| first.to_owned())),
            last_name: Some(self.family_name.unwrap_or_else(|| last.to_owned())),
            phone_number: self.phone_number,
            language: self.locale,
            timezone: self.zoneinfo,
            role: role.filter(believed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn person(claims: Value, staff_roles: StaffRoles) -> ExternalPerson {
        let issuer = ExternalIssuer {
            keys: String::new(),
            issuer: "https://login.example.com".to_owned(),
            audience: "support".to_owned(),
            staff_roles,
        };
        serde_json::from_value::<Claims>(claims)
            .unwrap()
            .person(&issuer)
    }

    #[test]
    fn a_staff_role_counts_only_where_it_is_believed() {
        let role = |word: &str, staff_roles| {
            person(json!({"sub": "1", "exp": 1, "role": word}), staff_roles).role
        };
        let (no, yes) = (StaffRoles::NotBelieved, StaffRoles::Believed);
        assert_eq!(role("admin", no), None);
        assert_eq!(role("support", no), None);
        assert_eq!(role("corporate", no), Some(Role::Corporate));
        assert_eq!(role("admin", yes), Some(Role::Admin));
        assert_eq!(role("root", yes), None);
    }

    #[test]
    fn claims_of_another_type_count_as_absent() {
        let odd = json!({"sub": "1", "exp": 1, "email": 5, "email_verified": "true", "name": "Ann Mary Otieno"});
        let odd = person(odd, StaffRoles::NotBelieved);
        assert_eq!((odd.email, odd.email_verified), (None, false));
        assert_eq!(odd.first_name.as_deref(), Some("Ann"));
        assert_eq!(odd.last_name.as_deref(), Some("Mary Otieno"));
    }
}
