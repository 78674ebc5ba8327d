//! People with accounts: requesters, agents, admins.

pub mod absence;
pub mod account;
pub mod change;
pub mod fields;
pub mod hash_cost;
pub mod login_address;
pub mod model;
pub mod new_person;
pub mod password;
pub mod phone_number;
pub mod support_info;

pub use absence::Absence;
pub use account::model::AccountEventKind;
pub use change::{Patch, PersonChange, ProfileChange};
pub use hash_cost::HashCost;
pub use login_address::LoginAddress;
pub use model::{
    AgentStats, Availability, AvailabilityNow, Department, Level, Person, Role, Shift, SupportInfo,
    Weekday,
};
pub use new_person::{NewPerson, PersonInput};
pub use password::Password;
pub use phone_number::{PhoneNumber, Prefix};
pub use support_info::{NewSupportInfo, SupportInfoChange, SupportInfoInput, shift};
