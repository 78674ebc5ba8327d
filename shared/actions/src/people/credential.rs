//! The way in which the owner of a new account proves to be its owner. Pure.

use crate::people::PasswordHash;
use domain::people::password::NOBODY;

/// Whether the address of a new account is known to be its owner's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AddressState {
    /// The operator or the outside issuer vouches for it.
    Confirmed,
    /// A mail asks the owner to confirm it.
    ToBeConfirmed,
}

/// The credential of a new account.
#[derive(Debug)]
pub(super) enum Credential {
    /// A password.
    Password(PasswordHash, AddressState),
    /// A token of an outside issuer. Such an account has no password here.
    External {
        issuer: String,
        /// The `sub` of its tokens.
        subject: String,
        address: AddressState,
    },
}

impl Credential {
    /// The hash to store; [`NOBODY`], which no password fits, where there is none.
    pub fn password_hash(&self) -> &str {
        match self {
            Self::Password(hash, _) => hash.as_str(),
            Self::External { .. } => NOBODY,
        }
    }

    /// The issuer and the subject; `None` for an account with a password.
    pub fn external(&self) -> Option<(&str, &str)> {
        match self {
            Self::Password(..) => None,
            Self::External {
                issuer, subject, ..
            } => Some((issuer, subject)),
        }
    }

    /// Whether the address is confirmed already.
    pub fn is_confirmed(&self) -> bool {
        let (Self::Password(_, address) | Self::External { address, .. }) = self;
        *address == AddressState::Confirmed
    }
}
