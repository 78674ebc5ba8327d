//! The use cases of accounts: those of people with their own, and those of admins with the accounts of others.

mod absence;
pub mod account;
mod bootstrap_admin;
mod change_password;
mod change_person;
mod change_profile;
mod confirm_email;
mod create_admin;
mod credential;
pub mod customers;
pub mod external_identity;
mod forgot_password;
mod hashing;
pub mod list;
mod log_in;
mod log_out;
mod refresh;
mod register;
mod release_tickets;
mod report_failures;
mod reset_password;
mod sessions;
mod set_availability;
pub mod store;
mod tell_admins;

pub use absence::{mark_absent, note_attendance, note_clients};
pub use bootstrap_admin::{Bootstrapped, bootstrap_admin};
pub use change_password::{VerifiedPassword, change_password, verify_password};
pub use change_person::change_person;
pub use change_profile::{WantedAddress, change_profile, wanted_address};
pub use confirm_email::confirm_email;
pub use create_admin::{create_admin, new_admin};
pub use forgot_password::{answer_reset_request, forgot_password};
pub use hashing::{PasswordHash, Passwords};
pub use log_in::{VerifiedLogin, log_in, verify_login};
pub use log_out::log_out;
pub use refresh::{Refreshed, refresh};
use register::create;
pub use register::{Registered, may_register, register, registration_closed};
pub use release_tickets::release_tickets;
pub use report_failures::{answer_failure_report, report_failures, report_failures_of};
pub use reset_password::{ResetAccount, check_reset_link, reset_password};
pub use sessions::{LoggedIn, RefreshToken, role_in_session, roles_in_sessions};
pub use set_availability::set_availability;
pub use tell_admins::tell_admins;

/// The text of the error code `email_taken`.
pub const EMAIL_TAKEN: &str =
    "This e-mail address has an account already: log in, or use another address.";
