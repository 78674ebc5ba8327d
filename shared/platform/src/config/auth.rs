//! The settings of tokens, registration, the first admin and an external issuer.

use crate::config::reader::Reader;
use domain::{people::HashCost, text_enum};
use secrecy::SecretString;

text_enum! {
    /// Who may register agents.
    pub enum StaffRegistration {
        /// Only admins.
        Closed = "closed",
        /// Anybody, who becomes an agent.
        Open = "open",
    }
}

/// Tokens and registration.
#[derive(Debug)]
pub struct Auth {
    /// Signs access tokens.
    pub jwt_secret: SecretString,
    /// The secret before the last change; signed access tokens that are still valid.
    pub previous_jwt_secret: Option<SecretString>,
    /// `iss` of tokens.
    pub issuer: String,
    /// `aud` of tokens.
    pub audience: String,
    /// Who may register agents.
    pub staff_registration: StaffRegistration,
    /// The admin that is created when there is none.
    pub bootstrap_admin: Option<BootstrapAdmin>,
    /// The external issuer of access tokens.
    pub outside: Option<ExternalIssuer>,
    /// The cost of a password hash.
    pub hash_cost: HashCost,
}

impl Auth {
    /// The secrets of links in mails, the current one first.
    #[must_use]
    pub fn link_secrets(&self) -> Vec<&SecretString> {
        std::iter::once(&self.jwt_secret)
            .chain(&self.previous_jwt_secret)
            .collect()
    }
}

/// An external issuer whose access tokens are accepted, by its published keys.
#[derive(Debug, Clone)]
pub struct ExternalIssuer {
    /// The location of its keys: https, or a file.
    pub keys: String,
    /// `iss` of its tokens.
    pub issuer: String,
    /// `aud` of its tokens.
    pub audience: String,
    /// Whether its claim of a staff role is trusted.
    pub staff_roles: StaffRoles,
}

/// Whether an external issuer's claim of a staff role is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffRoles {
    /// Its users are requesters, whatever the claim.
    NotBelieved,
    /// Its users have the claimed role.
    Believed,
}

/// The admin that is created when there is none.
#[derive(Debug)]
pub struct BootstrapAdmin {
    /// Address.
    pub email: String,
    /// Password.
    pub password: SecretString,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
}

/// Reads the settings of authentication.
pub fn auth(read: &mut Reader) -> Auth {
    let jwt_secret = read.needed("JWT_SECRET");
    let previous_jwt_secret = read.text("JWT_SECRET_PREVIOUS");
    for (name, secret) in [
        ("JWT_SECRET", jwt_secret.as_str()),
        ("JWT_SECRET_PREVIOUS", previous_jwt_secret),
    ] {
        if !secret.is_empty() && secret.len() < 32 {
            read.problem(
                name,
                "must have at least 32 characters, such as `openssl rand -hex 32` gives",
            );
        }
    }
    let bootstrap_admin = match (
        read.text("BOOTSTRAP_ADMIN_EMAIL"),
        read.text("BOOTSTRAP_ADMIN_PASSWORD"),
    ) {
        ("", "") => None,
        ("", _) | (_, "") => {
            read.problem(
                "BOOTSTRAP_ADMIN_EMAIL",
                "and BOOTSTRAP_ADMIN_PASSWORD go together: set both or neither",
            );
            None
        }
        (email, password) => Some(BootstrapAdmin {
            email: email.to_owned(),
            password: password.into(),
            first_name: read.needed("BOOTSTRAP_ADMIN_FIRST_NAME"),
            last_name: read.needed("BOOTSTRAP_ADMIN_LAST_NAME"),
        }),
    };
    Auth {
        hash_cost: HashCost::OWASP,
        jwt_secret: jwt_secret.into(),
        previous_jwt_secret: (!previous_jwt_secret.is_empty()).then(|| previous_jwt_secret.into()),
        issuer: read.needed("JWT_ISSUER"),
        audience: read.needed("JWT_AUDIENCE"),
        staff_registration: read.word("STAFF_REGISTRATION", StaffRegistration::Closed),
        bootstrap_admin,
        outside: outside(read),
    }
}

fn outside(read: &mut Reader) -> Option<ExternalIssuer> {
    let staff_roles = if read.flag("AUTH_JWKS_TRUST_ROLES") {
        StaffRoles::Believed
    } else {
        StaffRoles::NotBelieved
    };
    if read.text("AUTH_JWKS_URL").is_empty() {
        return None;
    }
    let keys = read.address("AUTH_JWKS_URL", &["https", "http", "file"]);
    let local = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"];
    if keys.starts_with("http://") && !local.iter().any(|host| keys.starts_with(host)) {
        read.problem(
            "AUTH_JWKS_URL",
            "must be https: over http an attacker could replace the keys",
        );
    }
    Some(ExternalIssuer {
        keys,
        issuer: read.needed("AUTH_JWKS_ISSUER"),
        audience: read.needed("AUTH_JWKS_AUDIENCE"),
        staff_roles,
    })
}
