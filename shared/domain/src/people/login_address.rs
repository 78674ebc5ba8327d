//! The address of somebody who logs in, in one spelling: wrong passwords are counted, and the account is looked up,
//! by the same text. Pure.

/// An address that was sent with a login; it may be any text.
///
/// Only ASCII is put into lower case, because addresses of accounts are ASCII ([`crate::people::fields::email`]).
/// Programs differ in the lower case of other letters: that of `İ` is `i` in PostgreSQL, and another text in Rust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginAddress(String);

impl LoginAddress {
    /// The address that was given. Phones add a space behind it.
    #[must_use]
    pub fn given(text: &str) -> Self {
        Self(text.trim().to_ascii_lowercase())
    }

    /// The one spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address for a look-up; `None` where no account can have the address.
    #[must_use]
    pub fn of_an_account(&self) -> Option<&str> {
        self.0.is_ascii().then_some(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_an_address_that_somebody_may_have_are_one() {
        let one = LoginAddress::given("amina@example.com");
        assert_eq!(LoginAddress::given("AMINA@Example.com"), one);
        assert_eq!(LoginAddress::given(" Amina@example.com\u{a0}"), one);
        assert_eq!(one.of_an_account(), Some("amina@example.com"));
    }

    #[test]
    fn an_address_with_other_letters_is_nobody_s() {
        for other in [
            "am\u{130}na@example.com",
            "\u{212a}im@example.com",
            "ami\u{301}na@example.com",
        ] {
            assert_eq!(LoginAddress::given(other).of_an_account(), None, "{other}");
        }
    }
}
