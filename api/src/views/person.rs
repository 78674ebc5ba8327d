//! A person, as the person and admins see it. Others see only names ([`super::people`]).

use crate::respond::Time;
use actions::people::customers::Customer;
use domain::{
    ids::UserId,
    people::{AgentStats, Availability, AvailabilityNow, Department, Level, Person, Role, Shift},
};
use schemars::JsonSchema;
use serde::Serialize;

/// `user`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct User<'a> {
    id: UserId,
    first_name: &'a str,
    last_name: &'a str,
    email: &'a str,
    phone_number: &'a str,
    role: Role,
    language: &'a str,
    timezone: &'static str,
    active: bool,
    support_info: Option<SupportInfo<'a>>,
    created_at: Time,
    updated_at: Time,
}

/// A requester, as staff see one in a search.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FoundCustomer<'a> {
    id: UserId,
    first_name: &'a str,
    last_name: &'a str,
    email: &'a str,
    phone_number: &'a str,
    role: Role,
    language: &'a str,
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

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SupportInfo<'a> {
    employee_id: Option<&'a str>,
    department: Department,
    specializations: &'a [String],
    languages: &'a [String],
    level: Level,
    shift_schedule: &'a [Shift],
    availability: AvailabilityView,
    stats: Stats,
}

/// `availability`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AvailabilityNow")]
pub struct AvailabilityView {
    status: Availability,
    max_concurrent_tickets: i32,
    current_tickets: i64,
    updated_at: Time,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Stats {
    tickets_handled: i64,
    tickets_closed: i64,
    average_response_time: Option<i64>,
    average_resolution_time: Option<i64>,
    customer_satisfaction_rating: Option<f64>,
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
