//! How people can be reached, and what they chose.

mod store;

use domain::{ids::UserId, notifications::Reach};
use platform::{config::SmsTransport, work::UnitOfWork};
use std::collections::HashMap;

/// How each of these people can be reached. Who has no entry has an address, and nothing else.
///
/// # Errors
/// The database failed.
pub(super) async fn of_people(
    work: &mut UnitOfWork<'_>,
    people: &[UserId],
) -> sqlx::Result<HashMap<UserId, Reach>> {
    let texts = !matches!(work.cx.config.sms.transport, SmsTransport::Off);
    let mut reach: HashMap<UserId, Reach> = HashMap::new();
    for (person, preference) in store::preferences(&mut *work.tx, people).await? {
        reach
            .entry(person)
            .or_default()
            .preferences
            .push(preference);
    }
    for person in store::with_devices(&mut *work.tx, people).await? {
        reach.entry(person).or_default().has_device = true;
    }
    // Every account has a number.
    if texts {
        for person in people {
            reach.entry(*person).or_default().has_number = true;
        }
    }
    Ok(reach)
}
