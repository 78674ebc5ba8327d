//! What people want to be told, and when.

mod store;

pub use store::language;

use domain::{
    actor::Actor,
    channel::Channel,
    ids::UserId,
    notifications::{Preference, PreferencesChange, Reach, Template, kinds_for},
    people::Shift,
};
use platform::work::UnitOfWork;
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// The preferences of a person.
#[derive(Debug, Clone)]
pub struct Preferences {
    /// Each kind of notification on each channel that it goes by.
    pub settings: Vec<Preference>,
    /// Weekly periods in which only the urgent is told, in the person's time zone.
    pub quiet_hours: Vec<Shift>,
}

/// The preferences of a person.
///
/// # Errors
/// The database failed.
pub async fn find(db: &mut PgConnection, actor: &Actor) -> sqlx::Result<Preferences> {
    let reach = Reach {
        preferences: store::of_person(&mut *db, actor.id).await?,
        ..Reach::default()
    };
    let settings = kinds_for(actor.role).flat_map(|template| {
        let channels = Channel::ALL.iter().copied();
        let channels = channels.filter(move |channel| template.goes_by(*channel));
        channels.map(move |channel| (template, channel))
    });
    let settings = settings.map(|(template, channel)| Preference {
        template,
        channel,
        enabled: reach.wants(template, channel),
    });
    Ok(Preferences {
        settings: settings.collect(),
        quiet_hours: store::quiet_hours(&mut *db, actor.id).await?,
    })
}

/// Changes preferences, and returns all of them.
///
/// # Errors
/// The database failed.
pub async fn change(
    work: &mut UnitOfWork<'_>,
    actor: &Actor,
    change: PreferencesChange,
) -> sqlx::Result<Preferences> {
    store::save(work, actor.id, &change.choices).await?;
    if let Some(periods) = change.quiet_hours {
        store::save_quiet_hours(work, actor.id, periods).await?;
    }
    find(&mut work.tx, actor).await
}

/// Switches mails of some kinds off, as the link in a mail does. Kinds that people of the person's role are not told are
/// left out.
///
/// # Errors
/// The database failed.
pub async fn refuse_mails(
    work: &mut UnitOfWork<'_>,
    person: UserId,
    kinds: &BTreeSet<Template>,
) -> sqlx::Result<()> {
    let Some(role) = store::role(work, person).await? else {
        return Ok(());
    };
    let choices: Vec<_> = kinds_for(role)
        .filter(|template| kinds.contains(template) && template.goes_by(Channel::Email))
        .map(|template| Preference {
            template,
            channel: Channel::Email,
            enabled: false,
        })
        .collect();
    store::save(work, person, &choices).await
}
