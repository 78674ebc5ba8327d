//! The address by which somebody is looked up who is not known yet, in one spelling: the database is
//! asked for what wrong passwords are counted by. Pure.

/// An address that somebody gave as theirs, whatever it is.
///
/// Only ASCII is told apart from its lower case here, as every address that an account may have is of
/// ASCII ([`crate::people::fields::email`]). Of other letters each program has an opinion of its own: to
/// PostgreSQL the lower case of `İ` is `i`, to Rust it is another text.
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

    /// What the database may be asked for; `None` where nobody can have the address.
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
