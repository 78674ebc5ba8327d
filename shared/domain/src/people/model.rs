//! People and what staff are known by. Pure.

use crate::{ids::UserId, text_enum};
use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;

text_enum! {
    /// What a person may do. The first three are requesters.
    pub enum Role {
        /// A customer.
        Customer = "customer",
        /// A technician of the platform, who asks for help like a customer.
        Technician = "technician",
        /// A corporate customer.
        Corporate = "corporate",
        /// An agent.
        Support = "support",
        /// An admin.
        Admin = "admin",
    }
}

impl Role {
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
    /// The desk that a ticket belongs to and an agent sits at.
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
    /// Whether an agent takes tickets.
    pub enum Availability {
        /// Ready to take tickets.
        Available = "available",
        /// Working on tickets: not assigned to by automation.
        Busy = "busy",
        /// Temporarily away.
        Away = "away",
        /// Not working.
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

/// The rung of the escalation ladder that an agent stands on: 1 is the front line.
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
pub struct Level(pub i32);

/// Working hours of one day, in the agent's time zone. An end at or before the start runs past
/// midnight.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
pub struct Shift {
    /// The day on which it starts.
    pub day: Weekday,
    /// Its first minute.
    #[serde(with = "clock_time")]
    #[schemars(with = "String")]
    pub start: NaiveTime,
    /// The first minute after it; `24:00` is kept as midnight.
    #[serde(with = "clock_time")]
    #[schemars(with = "String")]
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
    /// Whether the agent takes tickets.
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
    /// Whether.
    pub status: Availability,
    /// The most active tickets that automation gives to the agent.
    pub max_concurrent_tickets: i32,
    /// Active tickets held now: all but resolved and closed.
    pub current_tickets: i64,
    /// Since when the status is what it is.
    pub updated_at: DateTime<Utc>,
}
