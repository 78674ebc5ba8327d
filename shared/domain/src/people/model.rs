//! People and what staff are known by. Pure.

use crate::{field_error::WordList, ids::UserId, text_enum};
use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;

text_enum! {
    /// What a person may do. Customers, technicians and corporate customers are requesters: they ask for help.
    pub enum Role {
        /// A customer.
        Customer = "customer",
        /// A technician of the platform who asks for help.
        Technician = "technician",
        /// A corporate customer.
        Corporate = "corporate",
        /// An agent of the support team.
        Support = "support",
        /// An admin, who may do everything.
        Admin = "admin",
    }
}

impl Role {
    /// The roles of requesters, as words.
    #[must_use]
    pub fn requesters() -> WordList {
        let staff = Self::ALL.iter().filter(|role| role.is_staff());
        let staff: Vec<_> = staff.map(|role| role.as_str()).collect();
        let about = "The role of a person who asks for help.";
        WordList::some_of::<Self>("RequesterRole", about, |word| !staff.contains(&word))
    }

    /// Agents and admins.
    #[must_use]
    pub const fn is_staff(self) -> bool {
        match self {
            Self::Support | Self::Admin => true,
            Self::Customer | Self::Technician | Self::Corporate => false,
        }
    }
}

text_enum! {
    /// The department that a ticket belongs to and an agent works in.
    pub enum Department {
        /// Technical difficulties, bugs, accounts.
        Technical = "technical",
        /// Payments and bills.
        Billing = "billing",
        /// Everything else.
        General = "general",
        /// Complaints.
        Complaints = "complaints",
    }
}

text_enum! {
    /// Whether an agent can get tickets.
    pub enum Availability {
        /// The agent gets tickets automatically.
        Available = "available",
        /// The agent works on other tickets and gets none automatically.
        Busy = "busy",
        /// The agent is away for a short time and gets no tickets automatically.
        Away = "away",
        /// The agent does not work now and gets no tickets automatically.
        Offline = "offline",
    }
}

text_enum! {
    /// A day of the week.
    pub enum Weekday {
        /// Monday.
        Mon = "mon",
        /// Tuesday.
        Tue = "tue",
        /// Wednesday.
        Wed = "wed",
        /// Thursday.
        Thu = "thu",
        /// Friday.
        Fri = "fri",
        /// Saturday.
        Sat = "sat",
        /// Sunday.
        Sun = "sun",
    }
}

impl From<chrono::Weekday> for Weekday {
    fn from(day: chrono::Weekday) -> Self {
        match day {
            chrono::Weekday::Mon => Self::Mon,
            chrono::Weekday::Tue => Self::Tue,
            chrono::Weekday::Wed => Self::Wed,
            chrono::Weekday::Thu => Self::Thu,
            chrono::Weekday::Fri => Self::Fri,
            chrono::Weekday::Sat => Self::Sat,
            chrono::Weekday::Sun => Self::Sun,
        }
    }
}

/// The support level of an agent, from 1.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type))]
#[serde(transparent)]
#[cfg_attr(feature = "sqlx", sqlx(transparent))]
#[schemars(inline)]
pub struct Level(#[schemars(range(min = 1, max = 10))] pub i32);

/// Working hours of an agent, in the time zone of the agent.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
pub struct Shift {
    /// The day of the week on which the shift begins.
    pub day: Weekday,
    /// The local time at which the shift begins.
    #[serde(with = "clock_time")]
    #[schemars(with = "crate::time_format::ClockTime")]
    pub start: NaiveTime,
    /// The local time at which the shift ends. An end at or before the start is on the next day.
    #[serde(with = "clock_time")]
    #[schemars(with = "crate::time_format::ClockTime")]
    pub end: NaiveTime,
}

/// Times of day as `"08:00"`, with `"24:00"` for the end of the day.
mod clock_time {
    use chrono::NaiveTime;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde calls it with a reference"
    )]
    pub fn serialize<S: Serializer>(time: &NaiveTime, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&time.format("%H:%M"))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveTime, D::Error> {
        let text = String::deserialize(from)?;
        if text == "24:00" {
            return Ok(NaiveTime::MIN);
        }
        NaiveTime::parse_from_str(&text, "%H:%M").map_err(|_| D::Error::custom("must be HH:MM"))
    }
}

/// A person with an account. `Debug` leaves nothing out because no secret is in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Its id.
    pub id: UserId,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Address, unique without regard to case.
    pub email: String,
    /// E.164.
    pub phone_number: String,
    /// What the person may do.
    pub role: Role,
    /// A language of BCP 47, such as `en`.
    pub language: String,
    /// The person's time zone.
    pub timezone: Tz,
    /// Whether the account may be used.
    pub active: bool,
    /// For staff alone.
    pub support_info: Option<SupportInfo>,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// What staff are known by.
#[derive(Debug, Clone, PartialEq)]
pub struct SupportInfo {
    /// The number that the company knows the agent by; `@` and this mentions the agent in a note.
    pub employee_id: Option<String>,
    /// The desk.
    pub department: Department,
    /// What the agent knows best: words of categories, such as `payment` or `bookings`.
    pub specializations: Vec<String>,
    /// Languages spoken, besides the person's own.
    pub languages: Vec<String>,
    /// Rung of the escalation ladder.
    pub level: Level,
    /// When the agent works; none means always.
    pub shift_schedule: Vec<Shift>,
    /// Whether the agent takes tickets: as set, or `away` while absent.
    pub availability: Availability,
    /// Since when.
    pub availability_updated_at: DateTime<Utc>,
    /// The most active tickets that automation gives to the agent.
    pub max_concurrent_tickets: i32,
    /// Active tickets held now: all but resolved and closed.
    pub current_tickets: i64,
    /// What the agent has done so far.
    pub stats: AgentStats,
}

/// An agent's figures of all time.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct AgentStats {
    /// Tickets held, now or at the end.
    pub tickets_handled: i64,
    /// Of these, closed ones.
    pub tickets_closed: i64,
    /// Minutes from creation to first response.
    pub average_response_time: Option<i64>,
    /// Minutes from creation to resolution.
    pub average_resolution_time: Option<i64>,
    /// Stars, 1 to 5.
    pub customer_satisfaction_rating: Option<f64>,
    /// Ratings counted.
    pub rating_count: i64,
}

/// Whether an agent takes tickets, and how many more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AvailabilityNow {
    /// Whether: as set, or `away` while absent.
    pub status: Availability,
    /// The most active tickets that automation gives to the agent.
    pub max_concurrent_tickets: i32,
    /// Active tickets held now: all but resolved and closed.
    pub current_tickets: i64,
    /// Since when the status is what it is.
    pub updated_at: DateTime<Utc>,
}
