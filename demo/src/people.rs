//! The people of the demo: an admin, agents of four departments and three levels, and customers of the
//! region. All are invented: their addresses end in `example.com`, which no mail reaches (RFC 2606), and
//! their telephone numbers are in a range that is reserved for fiction.

use super::{
    cast::{AGENTS, AgentLine, CUSTOMERS},
    home::Home,
    world::World,
};
use actions::{
    error::ActionError,
    people::{
        PasswordHash, Passwords, Registered, confirm_email, create_admin, new_admin, register,
    },
};
use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::{
    actor::{Actor, Initiator},
    field_error::FieldErrors,
    ids::UserId,
    people::{
        AccountEventKind, Department, NewPerson, NewSupportInfo, Password, Patch, PersonInput,
        Role, Shift, SupportInfoInput, shift,
    },
};

/// The admin of the cast.
const ADMIN: &str = "Beatrice Wekesa";

/// A person of the demo.
#[derive(Debug, Clone)]
pub(super) struct Somebody {
    pub actor: Actor,
    pub first_name: &'static str,
    pub language: &'static str,
}

/// An agent of the demo.
#[derive(Debug, Clone)]
pub(super) struct Agent {
    pub person: Somebody,
    pub employee_id: &'static str,
    pub department: Department,
    pub level: i64,
    pub shifts: Vec<Shift>,
    zone: Tz,
}

impl Agent {
    /// Whether the agent works at that instant.
    pub fn works_at(&self, at: DateTime<Utc>) -> bool {
        domain::assignment::on_shift(&self.shifts, self.zone, at)
    }

    /// When the agent next works, to a quarter of an hour; within two weeks.
    pub fn next_at_work(&self, from: DateTime<Utc>) -> DateTime<Utc> {
        let mut at = from;
        for _ in 0..14 * 96 {
            if self.works_at(at) {
                break;
            }
            at += TimeDelta::minutes(15);
        }
        at
    }
}

/// All people, after their registration.
pub(super) struct People {
    pub home: Home,
    pub admin: Somebody,
    pub agents: Vec<Agent>,
    pub customers: Vec<Somebody>,
}

/// Registers all people: the admin as `support admin create` does, the agents by the admin; customers
/// register themselves. All have the same password, and one hash of it: hashing takes longer than the rest.
pub(super) async fn register_all(world: &World, home: Home, password: &str) -> Result<People> {
    let hash = hash(world, password).await?;
    let mut made: u32 = 0;
    let mut unchecked = |name: &'static str, role, language: &str, zone: Tz| {
        made += 1;
        // one after the other, so that ids are in the order of the list
        world.clock.advance(TimeDelta::seconds(37));
        let (first, last) = name.split_once(' ').unwrap_or((name, "Demo"));
        PersonInput {
            first_name: Some(first.to_owned()),
            last_name: Some(last.to_owned()),
            email: Some(email(name)),
            phone_number: Some(format!("+120255501{made:02}")),
            password: Some(password.to_owned()),
            role: Some(role),
            language: Some(language.to_owned()),
            timezone: Some(zone.name().to_owned()),
            support_info: None,
        }
    };
    let new = unchecked(ADMIN, Role::Admin, "en", home.zone);
    let admin = Actor {
        id: created(world, &hash, new).await.map_err(crate::explained)?,
        role: Role::Admin,
    };
    let mut agents = Vec::new();
    for line in AGENTS {
        let (name, employee_id, department, level, _, languages, ..) = *line;
        let language = languages.first().copied().unwrap_or("en");
        let (info, shifts) = support_info(line, home)?;
        let new = PersonInput {
            support_info: Some(info),
            ..unchecked(name, Role::Support, language, home.zone)
        };
        let actor = registered(world, &hash, new, Some(admin)).await?;
        agents.push(Agent {
            person: somebody(actor, name, language),
            employee_id,
            department,
            level,
            shifts,
            zone: home.zone,
        });
    }
    let mut customers = Vec::new();
    for &(name, role, language, zone) in CUSTOMERS {
        let new = unchecked(name, role, language, zone);
        let actor = registered(world, &hash, new, None).await?;
        customers.push(somebody(actor, name, language));
    }
    Ok(People {
        home,
        admin: somebody(admin, ADMIN, "en"),
        agents,
        customers,
    })
}

async fn hash(world: &World, password: &str) -> Result<PasswordHash> {
    let mut faults = FieldErrors::new();
    let password = Password::parse(&mut faults, "password", Some(password));
    let password = faults.finish(password).map_err(invalid)?;
    let passwords = Passwords::new(world.cx.config.auth.hash_cost);
    let hash = passwords.hash(&password, world.cx.ids.bytes()).await;
    hash.map_err(crate::explained)
}

fn somebody(actor: Actor, name: &'static str, language: &'static str) -> Somebody {
    Somebody {
        actor,
        first_name: name.split(' ').next().unwrap_or(name),
        language,
    }
}

fn support_info(line: &AgentLine, home: Home) -> Result<(NewSupportInfo, Vec<Shift>)> {
    let (_, employee_id, department, level, knows, languages, days, (start, end)) = *line;
    let words = |words: &[&str]| {
        let words = words.iter().map(|&word| Some(word.to_owned()));
        Some(words.collect())
    };
    let mut faults = FieldErrors::new();
    let shifts: Vec<Shift> = days
        .iter()
        .filter_map(|&day| shift(Some(home.day(day)), Some(start), Some(end), &mut faults))
        .collect();
    let given = SupportInfoInput {
        availability_max_concurrent_tickets: None,
        employee_id: Patch::To(employee_id.to_owned()),
        department: Some(department),
        specializations: words(knows),
        languages: words(languages),
        shift_schedule: Some(shifts.iter().copied().map(Some).collect()),
        level: Some(level),
        max_concurrent_tickets: None,
    };
    let info = NewSupportInfo::parse(given, &mut faults);
    let info = faults.finish(info).map_err(invalid)?;
    Ok((info, shifts))
}

async fn registered(
    world: &World,
    hash: &PasswordHash,
    new: PersonInput,
    by: Option<Actor>,
) -> Result<Actor> {
    let mut faults = FieldErrors::new();
    let new = NewPerson::parse(new, &mut faults);
    let new = faults.finish(new).map_err(invalid)?;
    let registering = async {
        let by = by.map_or(Initiator::System, Initiator::Person);
        let mut work = world.cx.begin(by).await?;
        let registered = register(&mut work, &new, hash.clone()).await?;
        work.commit().await?;
        Ok::<_, ActionError>(registered)
    };
    let person = match registering.await {
        Ok(Registered::Oneself(login)) => login.person,
        Ok(Registered::BySomebodyElse(person)) => *person,
        Err(error) => return Err(crate::explained(error)),
    };
    confirms(world, person.id).await?;
    Ok(Actor {
        id: person.id,
        role: person.role,
    })
}

async fn created(
    world: &World,
    hash: &PasswordHash,
    new: PersonInput,
) -> Result<UserId, ActionError> {
    let admin = new_admin(new)?;
    let mut work = world.cx.begin(Initiator::System).await?;
    let id = create_admin(&mut work, &admin, hash.clone()).await?;
    work.commit().await?;
    Ok(id)
}

/// Confirms the address with the token of the confirmation mail.
async fn confirms(world: &World, person: UserId) -> Result<()> {
    world.settle().await?;
    let event =
        actions::people::account::open_confirmation(&world.cx.pool, person, world.now()).await?;
    let event = event.context("nobody has been asked to confirm an address")?;
    let secret = &world.cx.config.auth.jwt_secret;
    let token = domain::people::account::link(secret, AccountEventKind::ConfirmEmail, event);
    let mut work = world.cx.begin(Initiator::System).await?;
    confirm_email(&mut work, &token)
        .await
        .map_err(crate::explained)?;
    work.commit().await?;
    Ok(())
}

fn invalid(faults: Vec<domain::field_error::FieldError>) -> anyhow::Error {
    crate::explained(faults.into())
}

/// The addresses of the cast: of the admin, and of the agents.
pub(super) fn staff() -> (String, Vec<String>) {
    (
        email(ADMIN),
        AGENTS.iter().map(|line| email(line.0)).collect(),
    )
}

/// `first.last@example.com`, in plain letters.
fn email(name: &str) -> String {
    let plain = name.to_lowercase().replace('ô', "o").replace(' ', ".");
    format!("{plain}@example.com")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::tickets::Category;
    use std::collections::HashSet;

    #[test]
    fn every_agent_can_be_registered_and_every_address_is_one_persons() {
        let home = Home::at("2025-10-05T02:00:00Z".parse().unwrap());
        for line in AGENTS {
            support_info(line, home).unwrap();
        }
        let names = AGENTS.iter().map(|line| line.0);
        let names = names.chain(CUSTOMERS.iter().map(|line| line.0));
        let addresses: Vec<_> = names.map(email).collect();
        let different: HashSet<_> = addresses.iter().collect();
        assert_eq!(different.len(), addresses.len());
        assert!(addresses.iter().all(|address| address.is_ascii()));
    }

    #[test]
    fn every_category_has_somebody_who_answers_it_first() {
        for category in Category::ALL {
            let department = category.department();
            assert!(
                AGENTS
                    .iter()
                    .any(|line| line.2 == department && line.3 == 1),
                "{category}"
            );
        }
    }
}
