//! What people want to be told, and when.

mod store;

pub use store::language;

use domain::{
    actor::Actor,
    channel::Channel,
    ids::UserId,
    notifications::{
        Audience, Preference, PreferencesChange, Reach, Template, kinds_for, unsubscribe::Refused,
    },
    people::Shift,
};
use platform::work::UnitOfWork;
use sqlx::PgConnection;

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

/// Switches mails off, as the link in a mail does.
///
/// # Errors
/// The database failed.
pub async fn refuse_mails(
    work: &mut UnitOfWork<'_>,
    person: UserId,
    refused: Refused,
) -> sqlx::Result<()> {
    let all = Template::ALL.iter().copied();
    let choices = all.filter(|template| match refused {
        Refused::Kind(kind) => *template == kind,
        Refused::EveryKind => {
            template.audience() != Audience::Owner && template.goes_by(Channel::Email)
        }
    });
    let choices: Vec<_> = choices
        .map(|template| Preference {
            template,
            channel: Channel::Email,
            enabled: false,
        })
        .collect();
    store::save(work, person, &choices).await
}
