//! Those who have accounts: requesters, agents, admins.

pub mod account;
pub mod actions;
mod change;
pub mod customers;
pub mod directory;
pub mod fields;
mod hash_cost;
mod hashing;
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
pub use hash_cost::HashCost;
pub use hashing::{PasswordHash, Passwords};
pub use login_address::LoginAddress;
pub use model::{
    AgentStats, Availability, AvailabilityNow, Department, Level, Person, Role, Shift, SupportInfo,
    Weekday,
};
pub use new_person::{
    NewPerson, NewSupportInfo, SupportInfoChange, UncheckedPerson, UncheckedSupportInfo, shift,
};
pub use password::Password;
pub use sessions::{LoggedIn, RefreshToken, role_in_session};
