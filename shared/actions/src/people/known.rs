//! By what the owner of a new account is known. Pure.

use crate::people::PasswordHash;
use domain::people::password::NOBODY;

/// Whether somebody stands up for it that the address is the owner's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AddressIs {
    /// Somebody does: whoever runs the system, or the outside issuer.
    VouchedFor,
    /// The owner will be asked by mail.
    ToBeConfirmed,
}

/// By what the owner is known.
#[derive(Debug)]
pub(super) enum Known {
    /// By a password, whose hash this is.
    Password(PasswordHash, AddressIs),
    /// By an outside issuer, under this name.
    Outside {
        issuer: String,
        subject: String,
        address: AddressIs,
    },
}

impl Known {
    /// The hash to keep; that of no password, where there is none.
    pub fn password_hash(&self) -> &str {
        match self {
            Self::Password(hash, _) => hash.as_str(),
            Self::Outside { .. } => NOBODY,
        }
    }

    /// Issuer and name.
    pub fn outside(&self) -> Option<(&str, &str)> {
        match self {
            Self::Password(..) => None,
            Self::Outside {
                issuer, subject, ..
            } => Some((issuer, subject)),
        }
    }

    /// Whether the address is known to be the owner's.
    pub fn vouched_for(&self) -> bool {
        let (Self::Password(_, address) | Self::Outside { address, .. }) = self;
        *address == AddressIs::VouchedFor
    }
}
