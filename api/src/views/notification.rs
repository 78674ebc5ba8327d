//! Notifications and preferences in responses.

use crate::{
    openapi::{Example, ExampleStage},
    respond::Time,
    views::example_ticket::{ExampleTicket, minute},
};
use actions::notifications::{in_app::Entry, preferences::Preferences};
use domain::{
    channel::Channel,
    ids::{EventId, NotificationId, TicketId},
    notifications::{Preference, Template},
    people::{Shift, Weekday},
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::uuid;

/// Something that the caller was told.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Notification")]
pub struct NotificationView<'a> {
    /// The id of the notification.
    id: NotificationId,
    /// What it tells.
    kind: Template,
    /// The ticket that it is about.
    ticket: NotificationTicketView<'a>,
    /// The id of the entry in the history of the ticket.
    event_id: EventId,
    /// The given name of the person who did it. It is null for the system.
    actor: Option<&'a str>,
    /// When it was made.
    created_at: Time,
    /// When the caller read it. It is null before that.
    read_at: Option<Time>,
}

/// The ticket that a notification is about.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "NotificationTicket")]
pub struct NotificationTicketView<'a> {
    /// The id of the ticket.
    id: TicketId,
    /// The number of the ticket.
    ticket_number: &'a str,
    /// The present subject of the ticket.
    subject: &'a str,
}

impl<'a> From<&'a Entry> for NotificationView<'a> {
    fn from(entry: &'a Entry) -> Self {
        Self {
            id: entry.id,
            kind: entry.kind,
            ticket: NotificationTicketView {
                id: entry.ticket,
                ticket_number: entry.number.as_str(),
                subject: &entry.subject,
            },
            event_id: entry.event,
            actor: entry.actor.as_deref(),
            created_at: Time(entry.created_at),
            read_at: entry.read_at.map(Time),
        }
    }
}

/// What the caller is told on which channel, and when not.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "NotificationPreferences")]
pub struct PreferencesView {
    /// Each kind of notification on each channel that it goes by.
    settings: Vec<SettingView>,
    /// When nothing is sent but what is about urgent tickets, in the time zone of the caller.
    quiet_hours: Vec<QuietPeriodView>,
}

/// Whether one kind of notification is sent on one channel.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "NotificationSetting")]
pub struct SettingView {
    /// What the notification tells.
    kind: Template,
    /// The channel.
    channel: Channel,
    /// Whether it is sent.
    enabled: bool,
    /// Whether it is sent to people who chose nothing.
    enabled_by_default: bool,
}

/// Quiet hours that begin on one day of the week.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "QuietPeriod")]
pub struct QuietPeriodView {
    /// The day of the week on which they begin.
    day: Weekday,
    /// The local time at which they begin.
    #[schemars(with = "domain::time_format::ClockTime")]
    start: String,
    /// The local time at which they end. An end at or before the start is on the next day.
    #[schemars(with = "domain::time_format::ClockTime")]
    end: String,
}

impl From<&Preferences> for PreferencesView {
    fn from(preferences: &Preferences) -> Self {
        let settings = preferences.settings.iter().map(|setting| SettingView {
            kind: setting.template,
            channel: setting.channel,
            enabled: setting.enabled,
            enabled_by_default: true,
        });
        let periods = preferences
            .quiet_hours
            .iter()
            .map(|period| QuietPeriodView {
                day: period.day,
                start: period.start.format("%H:%M").to_string(),
                end: period.end.format("%H:%M").to_string(),
            });
        Self {
            settings: settings.collect(),
            quiet_hours: periods.collect(),
        }
    }
}

impl Example for NotificationView<'_> {
    fn example(at: ExampleStage) -> Value {
        let fixture = ExampleTicket::until(at);
        let (ticket, number, subject) = fixture.named();
        let entry = Entry {
            id: NotificationId(uuid!("01999ec9-0c00-7000-8000-00000000000d")),
            event: EventId(uuid!("01999ec9-0c00-7000-8000-00000000000c")),
            kind: Template::WorkAssigned,
            ticket,
            number,
            subject,
            actor: None,
            created_at: minute(1),
            read_at: None,
        };
        json!(NotificationView::from(&entry))
    }
}

impl Example for PreferencesView {
    fn example(_: ExampleStage) -> Value {
        let setting = |channel, enabled| Preference {
            template: Template::WorkAssigned,
            channel,
            enabled,
        };
        let period = Shift {
            day: Weekday::Mon,
            start: chrono::NaiveTime::from_hms_opt(22, 0, 0).unwrap_or_default(),
            end: chrono::NaiveTime::from_hms_opt(7, 0, 0).unwrap_or_default(),
        };
        json!(Self::from(&Preferences {
            settings: vec![setting(Channel::Email, false), setting(Channel::Push, true)],
            quiet_hours: vec![period],
        }))
    }
}
