//! The texts of the demo's people: subjects, questions and answers on a platform for booking technicians
//! and paying by mobile money. Each ticket fills in `{…}`.

mod english;
mod french;
mod phrases;
mod swahili;
mod trade;

pub(super) use phrases::{Phrases, escalation, notes, phrases};

use domain::{
    people::Role,
    tickets::{Category, ResolutionType},
};
use rand::{RngExt, rngs::StdRng};

/// One issue, from the first word to the last.
#[derive(Debug)]
pub(super) struct Topic {
    pub category: Category,
    pub subject: &'static str,
    pub description: &'static str,
    /// The agent's question.
    pub question: &'static str,
    pub answer: &'static str,
    /// The solution.
    pub solution: &'static str,
    /// The resolution in short.
    pub summary: &'static str,
    /// The type of the resolution.
    pub resolution: ResolutionType,
}

/// The share of each category, per cent.
const WEIGHTS: [(Category, u32); 10] = [
    (Category::Booking, 25),
    (Category::Payment, 19),
    (Category::Technical, 12),
    (Category::Account, 10),
    (Category::Complaint, 9),
    (Category::Billing, 8),
    (Category::General, 7),
    (Category::BugReport, 5),
    (Category::FeatureRequest, 3),
    (Category::Other, 2),
];

/// The issues of a role and language.
fn topics(role: Role, language: &str) -> &'static [Topic] {
    match (role, language) {
        (_, "sw") => swahili::TOPICS,
        (_, "fr") => french::TOPICS,
        (Role::Technician, _) => trade::TECHNICIANS,
        (Role::Corporate, _) => trade::COMPANIES,
        (Role::Customer | Role::Support | Role::Admin, _) => english::TOPICS,
    }
}

/// A random issue: first a category by its share among those that have one, then an issue of it.
pub(super) fn choose(role: Role, language: &str, chance: &mut StdRng) -> Option<&'static Topic> {
    let topics = topics(role, language);
    let weight = |topic: &Topic| {
        let same = topics
            .iter()
            .filter(|other| other.category == topic.category);
        let share = WEIGHTS
            .iter()
            .find(|(category, _)| *category == topic.category);
        let share = share.map_or(0, |(_, weight)| weight * 100);
        share / u32::try_from(same.count()).unwrap_or(1)
    };
    let all: u32 = topics.iter().map(weight).sum();
    let mut left = chance.random_range(0..all.max(1));
    topics.iter().find(|topic| {
        let weight = weight(topic);
        let here = left < weight;
        left = left.saturating_sub(weight);
        here
    })
}

/// A random issue of that category, in English.
pub(super) fn topic_of(category: Category, chance: &mut StdRng) -> Option<&'static Topic> {
    let of_category = english::TOPICS
        .iter()
        .filter(|topic| topic.category == category);
    let topics: Vec<_> = of_category.collect();
    topics
        .get(chance.random_range(0..topics.len().max(1)))
        .copied()
}

/// The facts of one ticket, the same in all its texts.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub booking: String,
    pub reference: String,
    amount: String,
    place: &'static str,
    technician: &'static str,
    day: &'static str,
}

impl Facts {
    pub fn make_up(language: &str, chance: &mut StdRng) -> Self {
        let day = match language {
            "sw" => ["Jumatatu", "Jumanne", "Alhamisi", "Ijumaa"],
            "fr" => ["lundi", "mardi", "jeudi", "vendredi"],
            _ => ["Monday", "Tuesday", "Thursday", "Friday"],
        };
        let (currency, places) = match language {
            "sw" => (
                "TZS",
                ["Kariakoo", "Mikocheni", "Ilala", "Arusha", "Mwanza"],
            ),
            "fr" => (
                "RWF",
                ["Kimihurura", "Nyarutarama", "Remera", "Gisenyi", "Huye"],
            ),
            _ => ("KES", ["Kilimani", "Westlands", "Nyali", "Ruaka", "Kisumu"]),
        };
        let thousands = match currency {
            "KES" => chance.random_range(1..19),
            _ => chance.random_range(15..180),
        };
        let hundreds = chance.random_range(0..10) * 100;
        let technicians = ["James", "Felix", "Rose", "Abdul", "Winnie", "Paul"];
        Self {
            booking: format!("BKG-{}", chance.random_range(10_000..99_999)),
            reference: format!(
                "R{}QX{}",
                chance.random_range(10..99),
                chance.random_range(1_000..9_999)
            ),
            amount: format!("{currency} {thousands},{hundreds:03}"),
            place: pick(&places, chance),
            technician: pick(&technicians, chance),
            day: pick(&day, chance),
        }
    }

    /// The text with these facts filled in.
    pub fn fill(&self, text: &str) -> String {
        [
            ("{booking}", self.booking.as_str()),
            ("{reference}", &self.reference),
            ("{amount}", &self.amount),
            ("{place}", self.place),
            ("{technician}", self.technician),
            ("{day}", self.day),
        ]
        .iter()
        .fold(text.to_owned(), |text, (mark, fact)| {
            text.replace(mark, fact)
        })
    }
}

/// A random one; empty text if there is none.
pub(super) fn pick(texts: &[&'static str], chance: &mut StdRng) -> &'static str {
    if texts.is_empty() {
        return "";
    }
    let at = chance.random_range(0..texts.len());
    texts.get(at).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        actor::Actor,
        ids::UserId,
        reader::{Null, ObjectReader},
        tickets::NewTicket,
    };
    use rand::SeedableRng;

    fn all() -> impl Iterator<Item = (&'static str, &'static Topic)> {
        let sets = [
            ("en", english::TOPICS),
            ("en", trade::TECHNICIANS),
            ("en", trade::COMPANIES),
            ("sw", swahili::TOPICS),
            ("fr", french::TOPICS),
        ];
        sets.into_iter()
            .flat_map(|(language, topics)| topics.iter().map(move |topic| (language, topic)))
    }

    #[test]
    fn every_issue_would_be_taken_as_a_ticket_with_nothing_left_to_fill_in() {
        let mut chance = StdRng::seed_from_u64(1);
        let customer = Actor {
            id: UserId(uuid::Uuid::nil()),
            role: Role::Customer,
        };
        for (language, topic) in all() {
            let facts = Facts::make_up(language, &mut chance);
            let sent = [
                ("subject", topic.subject),
                ("description", topic.description),
            ];
            let sent = sent.map(|(field, text)| (field.to_owned(), facts.fill(text).into()));
            let mut reader = ObjectReader::new(sent.into_iter().collect(), Null::Absent);
            let ticket = NewTicket::read(&mut reader, &customer);
            reader.finish(ticket).unwrap();
            for text in [
                topic.subject,
                topic.description,
                topic.question,
                topic.answer,
                topic.solution,
                topic.summary,
            ] {
                let filled = facts.fill(text);
                assert!(
                    !filled.is_empty() && !filled.contains(['{', '}']),
                    "{filled}"
                );
            }
        }
    }

    #[test]
    fn english_has_every_category() {
        for category in Category::ALL {
            assert!(
                english::TOPICS
                    .iter()
                    .any(|topic| topic.category == *category),
                "{category}"
            );
            assert!(
                WEIGHTS.iter().any(|(weighed, _)| weighed == category),
                "{category}"
            );
        }
    }

    #[test]
    fn everybody_finds_something_to_ask() {
        let mut chance = StdRng::seed_from_u64(1);
        for role in [Role::Customer, Role::Corporate, Role::Technician] {
            for language in ["en", "sw", "fr"] {
                for _ in 0..50 {
                    assert!(choose(role, language, &mut chance).is_some());
                }
            }
        }
    }
}
