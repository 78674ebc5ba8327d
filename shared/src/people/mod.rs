//! Those who have accounts: requesters, agents, admins.

pub mod account;
pub mod actions;
mod change;
pub mod customers;
pub mod directory;
pub mod fields;
mod known;
pub mod list;
mod login_address;
mod model;
mod new_person;
pub mod outside;
mod password;
mod sessions;
pub mod store;

pub use account::AccountEventKind;
pub use change::{Change, PersonChange, ProfileChange, UncheckedProfile};
pub use login_address::LoginAddress;
pub use model::{
    AgentStats, Availability, AvailabilityNow, Department, Level, Person, Role, Shift, SupportInfo,
    Weekday,
};
pub use new_person::{
    NewPerson, NewSupportInfo, SupportInfoChange, UncheckedPerson, UncheckedSupportInfo, shift,
};
pub use password::{HashCost, Password, PasswordHash, Passwords};
pub use sessions::{LoggedIn, RefreshToken, role_in_session};
