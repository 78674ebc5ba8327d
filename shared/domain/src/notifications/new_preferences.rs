//! The input of a change of preferences. Pure.

use crate::{
    channel::Channel,
    notifications::{Preference, Template},
    people::{Role, Shift, shift},
    reader::ObjectReader,
    template::Audience,
};

/// The most choices in one request: more than there are.
const MOST_CHOICES: usize = 200;
/// The most quiet periods of a week.
const MOST_PERIODS: usize = 50;

/// A change of what a person is told, and when. What is absent stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PreferencesChange {
    /// New choices.
    pub choices: Vec<Preference>,
    /// New quiet hours; an empty list means that there are none.
    pub quiet_hours: Option<Vec<Shift>>,
}

/// The kinds of notifications about tickets that a person of a role may get, in the order of declaration.
pub fn kinds_for(role: Role) -> impl Iterator<Item = Template> {
    let all = Template::ALL.iter().copied();
    all.filter(move |template| match template.audience() {
        Audience::Customer => !role.is_staff(),
        Audience::Assignee | Audience::Staff => role.is_staff(),
        // Mails about the account itself cannot be refused.
        Audience::Owner => false,
    })
}

impl PreferencesChange {
    /// Reads a change by a person of a role.
    pub fn read(reader: &mut ObjectReader, role: Role) -> Self {
        reader.named(
            "NotificationPreferencesUpdate",
            "A change of what the caller is told, and when: absent fields stay as they are.",
        );
        reader.mean(&[
            (
                "settings",
                "The choices that change, each for one kind of notification on one channel.",
            ),
            (
                "quietHours",
                "All quiet hours. An empty list means that there are none.",
            ),
        ]);
        let choices = reader.objects_at_most("settings", MOST_CHOICES, |entry| choice(entry, role));
        let quiet_hours = reader.has("quietHours").then(|| {
            let periods = reader.objects_at_most("quietHours", MOST_PERIODS, period);
            periods.into_iter().flatten().collect()
        });
        Self {
            choices: choices.into_iter().flatten().collect(),
            quiet_hours,
        }
    }
}

fn choice(entry: &mut ObjectReader, role: Role) -> Option<Preference> {
    entry.named(
        "NotificationSettingUpdate",
        "Whether one kind of notification is sent on one channel.",
    );
    entry.mean(&[
        ("kind", "What the notification tells."),
        ("channel", "The channel."),
        ("enabled", "Whether it is sent."),
    ]);
    entry.need("enabled");
    let template: Option<Template> = entry.required_word("kind");
    let channel: Option<Channel> = entry.required_word("channel");
    let enabled = entry.flag("enabled");
    let (template, channel) = (template?, channel?);
    let goes = kinds_for(role).any(|kind| kind == template) && template.goes_by(channel);
    if !goes {
        let message = "is never sent to you on this channel: see GET /notifications/preferences";
        entry.errors().add("kind", "no_such_setting", message);
        return None;
    }
    Some(Preference {
        template,
        channel,
        enabled: enabled?,
    })
}

fn period(entry: &mut ObjectReader) -> Option<Shift> {
    entry.named(
        "QuietPeriodCreate",
        "Quiet hours that begin on one day of the week, in your time zone.",
    );
    entry.mean(&[
        ("day", "The day of the week on which the quiet hours begin."),
        ("start", "The local time at which they begin, such as `22:00`."),
        ("end", "The local time at which they end, such as `07:00`. An end at or before the start is on the next day."),
    ]);
    let day = entry.required_word("day");
    let (start, end) = (entry.text("start"), entry.text("end"));
    shift(day, start.as_deref(), end.as_deref(), entry.errors())
}
