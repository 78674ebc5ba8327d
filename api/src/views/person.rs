//! A person, as the person and admins see it. Others see only names ([`super::people`]).

use crate::respond::Time;
use actions::people::customers::Customer;
use domain::{
    ids::UserId,
    people::{AgentStats, Availability, AvailabilityNow, Department, Level, Person, Role, Shift},
};
use schemars::JsonSchema;
use serde::Serialize;

/// The account of a person.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct User<'a> {
    /// The id of the account.
    id: UserId,
    /// The given name.
    first_name: &'a str,
    /// The family name.
    last_name: &'a str,
    /// The e-mail address.
    email: &'a str,
    /// The phone number with its country code.
    phone_number: &'a str,
    /// The role of the person.
    role: Role,
    /// The language in which the person is written to, such as `en`.
    language: &'a str,
    /// The time zone of the person.
    #[schemars(schema_with = "domain::time_format::zone_schema")]
    timezone: &'static str,
    /// Whether the account can be used.
    active: bool,
    /// What an agent or admin is known by. It is null for requesters.
    support_info: Option<SupportInfo<'a>>,
    /// When the account was created.
    created_at: Time,
    /// When the account was last changed.
    updated_at: Time,
}

/// A requester, as agents and admins find one.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Customer")]
pub struct FoundCustomer<'a> {
    /// The id of the account.
    id: UserId,
    /// The given name.
    first_name: &'a str,
    /// The family name.
    last_name: &'a str,
    /// The e-mail address.
    email: &'a str,
    /// The phone number with its country code.
    phone_number: &'a str,
    /// The role of the person.
    role: Role,
    /// The language in which the person is written to, such as `en`.
    language: &'a str,
    /// Whether the account can be used.
    active: bool,
}

impl<'a> From<&'a Customer> for FoundCustomer<'a> {
    fn from(customer: &'a Customer) -> Self {
        Self {
            id: customer.id,
            first_name: &customer.first_name,
            last_name: &customer.last_name,
            email: &customer.email,
            phone_number: &customer.phone_number,
            role: customer.role,
            language: &customer.language,
            active: customer.active,
        }
    }
}

/// What an agent or admin is known by.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SupportInfo<'a> {
    /// The number of the agent in the company. `@` and this number in an internal note mention the agent. It may be null.
    employee_id: Option<&'a str>,
    /// The department in which the agent works.
    department: Department,
    /// What the agent knows best, such as `payment`.
    specializations: &'a [String],
    /// The languages that the agent speaks.
    languages: &'a [String],
    /// The support level of the agent, from 1. Escalated tickets go to higher levels.
    level: Level,
    /// When the agent works. An agent without shifts always works.
    shift_schedule: &'a [Shift],
    /// Whether the agent can get tickets now, and how many.
    availability: AvailabilityView,
    /// The figures of the agent since the account was created.
    stats: Stats,
}

/// Whether an agent can get tickets now, and how many.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AgentAvailability")]
pub struct AvailabilityView {
    /// Whether the agent can get tickets.
    status: Availability,
    /// How many active tickets are assigned to the agent automatically at most.
    #[schemars(range(min = 0, max = 1_000))]
    max_concurrent_tickets: i32,
    /// How many active tickets are assigned to the agent now.
    #[schemars(range(min = 0))]
    current_tickets: i64,
    /// Since when the status is what it is.
    updated_at: Time,
}

/// The figures of an agent since the account was created.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AgentStats")]
struct Stats {
    /// The number of tickets that the agent has or had at their end.
    #[schemars(range(min = 0))]
    tickets_handled: i64,
    /// The number of these tickets that are closed.
    #[schemars(range(min = 0))]
    tickets_closed: i64,
    /// The average number of minutes from the creation of a ticket to the first response. It is null without responses.
    #[schemars(range(min = 0))]
    average_response_time: Option<i64>,
    /// The average number of minutes from the creation of a ticket to its resolution. It is null without resolutions.
    #[schemars(range(min = 0))]
    average_resolution_time: Option<i64>,
    /// The average number of stars, from 1 to 5. It is null without ratings.
    #[schemars(range(min = 1, max = 5))]
    customer_satisfaction_rating: Option<f64>,
    /// The number of ratings.
    #[schemars(range(min = 0))]
    rating_count: i64,
}

impl<'a> From<&'a Person> for User<'a> {
    fn from(person: &'a Person) -> Self {
        Self {
            id: person.id,
            first_name: &person.first_name,
            last_name: &person.last_name,
            email: &person.email,
            phone_number: &person.phone_number,
            role: person.role,
            language: &person.language,
            timezone: person.timezone.name(),
            active: person.active,
            support_info: person.support_info.as_ref().map(SupportInfo::from),
            created_at: Time(person.created_at),
            updated_at: Time(person.updated_at),
        }
    }
}

impl<'a> From<&'a domain::people::SupportInfo> for SupportInfo<'a> {
    fn from(info: &'a domain::people::SupportInfo) -> Self {
        Self {
            employee_id: info.employee_id.as_deref(),
            department: info.department,
            specializations: &info.specializations,
            languages: &info.languages,
            level: info.level,
            shift_schedule: &info.shift_schedule,
            availability: AvailabilityView {
                status: info.availability,
                max_concurrent_tickets: info.max_concurrent_tickets,
                current_tickets: info.current_tickets,
                updated_at: Time(info.availability_updated_at),
            },
            stats: info.stats.into(),
        }
    }
}

impl From<AvailabilityNow> for AvailabilityView {
    fn from(now: AvailabilityNow) -> Self {
        Self {
            status: now.status,
            max_concurrent_tickets: now.max_concurrent_tickets,
            current_tickets: now.current_tickets,
            updated_at: Time(now.updated_at),
        }
    }
}

impl From<AgentStats> for Stats {
    fn from(stats: AgentStats) -> Self {
        Self {
            tickets_handled: stats.tickets_handled,
            tickets_closed: stats.tickets_closed,
            average_response_time: stats.average_response_time,
            average_resolution_time: stats.average_resolution_time,
            customer_satisfaction_rating: stats.customer_satisfaction_rating,
            rating_count: stats.rating_count,
        }
    }
}
