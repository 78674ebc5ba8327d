//! The company's SLA policies: the standard targets, which count in support hours only, except for urgent tickets.

use super::{cast::WEEK, people::People, world::World};
use actions::sla::replace_policies;
use anyhow::Result;
use domain::{
    sla::{Calendar, CalendarText, Hours, TimeOfDay, default_rules},
    tickets::Priority,
};
use std::ops::Range;

/// The local hours in which somebody answers, every day.
pub(super) const SUPPORT_HOURS: Range<usize> = 7..22;

/// The admin sets the policies.
pub(super) async fn set_policies(world: &World, people: &People) -> Result<()> {
    let time = |hour: usize| TimeOfDay(u16::try_from(hour * 60).unwrap_or_default());
    let hours = WEEK.map(|day| Hours {
        day,
        start: time(SUPPORT_HOURS.start),
        end: time(SUPPORT_HOURS.end),
    });
    let calendar = Calendar::from(CalendarText {
        timezone: people.home.zone,
        hours: hours.to_vec(),
        holidays: Vec::new(),
    });
    let mut rules = default_rules(world.cx.config.tickets.at_risk_percent);
    for rule in &mut rules {
        let (name, calendar) = match rule.priority {
            Priority::Urgent => ("day and night", None),
            Priority::High | Priority::Medium | Priority::Low => {
                ("support hours", Some(calendar.clone()))
            }
        };
        rule.policy.name = Some(name.to_owned());
        rule.policy.calendar = calendar;
    }
    world
        .by(people.admin.actor, async |work| {
            replace_policies(work, &rules).await
        })
        .await?;
    Ok(())
}
