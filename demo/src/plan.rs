//! The plan of a ticket: who says what, and after how long. Acts of the system (assignment, escalation,
//! auto-close) are not planned; they follow from the plan.

use super::{
    act::{Act, Plan, Scene},
    people::Somebody,
    script::{Facts, Phrases, Topic, choose, escalation, notes, phrases, pick},
};
use chrono::TimeDelta;
use domain::{
    attachments::{Attachment, NewAttachment},
    ids::UserId,
    sla::Policy,
    tickets::{Category, Closing, NewRating, NewTicket, Priority},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::collections::VecDeque;

/// Writes plans, scene after scene.
struct Writer<'a> {
    scenes: VecDeque<Scene>,
    chance: StdRng,
    topic: &'a Topic,
    facts: Facts,
    words: &'static Phrases,
}

/// The plan of one ticket. The same seed and number give the same plan.
pub(super) fn plan(seed: u64, number: usize, customers: &[Somebody]) -> Option<Plan> {
    let number = u64::try_from(number).ok()?;
    let mut chance = StdRng::seed_from_u64(seed.wrapping_mul(1_000_003).wrapping_add(number));
    let at = chance.random_range(0..customers.len().max(1));
    let customer = customers.get(at)?;
    let topic = choose(customer.actor.role, customer.language, &mut chance)?;
    let mut writer = Writer {
        scenes: VecDeque::new(),
        facts: Facts::make_up(customer.language, &mut chance),
        chance,
        topic,
        words: phrases(customer.language),
    };
    let priority = writer.opening(customer.actor.id);
    writer.middle(priority);
    Some(Plan {
        customer: at,
        scenes: writer.scenes,
        chance: writer.chance,
    })
}

/// The customer of `plan` sends the same again, and the admin closes it as a duplicate. `None` unless the plan's
/// text is English.
pub(super) fn repetition(plan: &Plan, customer: &Somebody, chance: &mut StdRng) -> Option<Plan> {
    let Some(Act::Open(ticket)) = plan.scenes.front().map(|scene| &scene.act) else {
        return None;
    };
    if customer.language != "en" {
        return None;
    }
    let mut again = ticket.clone();
    again.description = format!(
        "Sending this once more, since I am not sure that it arrived. {}",
        ticket.description
    );
    let minutes = chance.random_range(6..25);
    let scenes = [(0, Act::Open(again)), (minutes, Act::CloseAsDuplicate)];
    let scenes = scenes.map(|(minutes, act)| Scene {
        after: TimeDelta::minutes(minutes).max(TimeDelta::seconds(1)),
        act,
    });
    Some(Plan {
        customer: plan.customer,
        scenes: VecDeque::from(scenes),
        chance: StdRng::seed_from_u64(chance.random()),
    })
}

impl Writer<'_> {
    fn then(&mut self, minutes: f64, act: Act) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::as_conversions,
            reason = "within weeks"
        )]
        let seconds = (minutes * 60.0) as i64;
        let after = TimeDelta::seconds(seconds.max(1));
        self.scenes.push_back(Scene { after, act });
    }

    fn between(&mut self, least: f64, most: f64) -> f64 {
        self.chance.random_range(least..most)
    }

    fn happens(&mut self, share: f64) -> bool {
        self.chance.random_bool(share)
    }

    fn fill(&self, text: &str) -> String {
        self.facts.fill(text)
    }

    fn note(&mut self) -> String {
        let note = pick(notes(self.topic.category), &mut self.chance);
        self.fill(note)
    }

    fn opening(&mut self, customer: UserId) -> Priority {
        let topic = self.topic;
        let priority = match self.chance.random_range(0..100) {
            0..66 => topic.category.default_priority(),
            66..72 => Priority::Urgent,
            72..82 => Priority::High,
            82..93 => Priority::Medium,
            _ => Priority::Low,
        };
        let about = |text: &str, mark: &str| text.contains(mark);
        let texts = [topic.subject, topic.description];
        let shows_something = matches!(
            topic.category,
            Category::Booking | Category::Complaint | Category::Billing | Category::BugReport
        );
        let attachments = if shows_something && self.happens(0.25) {
            vec![NewAttachment::Link(Attachment {
                url: format!("https://files.example.com/{}/photo.jpg", self.facts.booking),
                file_name: "photo.jpg".to_owned(),
                content_type: None,
                size: None,
            })]
        } else {
            Vec::new()
        };
        let ticket = NewTicket {
            priority,
            related_booking: texts
                .iter()
                .any(|text| about(text, "{booking}"))
                .then(|| self.facts.booking.clone()),
            related_transaction: texts
                .iter()
                .any(|text| about(text, "{reference}"))
                .then(|| self.facts.reference.clone()),
            attachments,
            tags: tags(topic.category),
            ..NewTicket::about(
                self.fill(topic.subject),
                self.fill(topic.description),
                topic.category,
                customer,
            )
        };
        self.then(0.0, Act::Open(Box::new(ticket)));
        priority
    }

    /// From the first response to the end. Most are well within the targets, some are not.
    fn middle(&mut self, priority: Priority) {
        let policy = Policy::standard(priority, 80);
        let share = if self.happens(0.99) {
            self.between(0.06, 0.6)
        } else {
            self.between(1.05, 2.2)
        };
        self.then(f64::from(policy.first_response_minutes) * share, Act::Start);
        let share = if self.happens(0.99) {
            self.between(0.05, 0.28)
        } else {
            self.between(0.9, 1.6)
        };
        let work = f64::from(policy.resolution_minutes) * share;
        let (question, looking) = (
            self.fill(self.topic.question),
            pick(self.words.looking, &mut self.chance),
        );
        if self.happens(0.45) {
            self.then(1.5, Act::Ask(question));
            if self.happens(0.06) {
                return; // no answer ever comes: the system reminds, and resolves
            }
            let patience = self.between(0.1, 1.0);
            let answer = self.fill(self.topic.answer);
            self.then(8.0 + patience.powi(3) * 1_800.0, Act::Write(answer));
        } else {
            self.then(1.5, Act::Reply(looking.to_owned()));
        }
        self.asides(work);
        self.ending(work);
    }

    fn asides(&mut self, work: f64) {
        if self.happens(0.35) {
            let note = self.note();
            self.then(work * 0.2, Act::Note(note));
        }
        if self.happens(0.05) {
            self.then(2.0, Act::Raise);
        }
        if self.happens(0.13) {
            let chase = pick(self.words.chase, &mut self.chance).to_owned();
            self.then(work * 0.3, Act::Write(chase));
            let patience = pick(self.words.patience, &mut self.chance).to_owned();
            let pause = self.between(4.0, 20.0);
            self.then(pause, Act::Reply(patience));
        }
        if self.happens(0.12) {
            let note = "@{colleague} could you have a look at this one, please?".to_owned();
            self.then(work * 0.1, Act::AwaitColleague(note));
            let slow = self.topic.category == Category::FeatureRequest;
            let wait = if slow {
                self.between(3_000.0, 14_000.0)
            } else {
                self.between(8.0, 35.0)
            };
            self.then(wait, Act::Start);
        } else if self.happens(0.025) {
            let reason = escalation(self.topic.category);
            self.then(work * 0.2, Act::Escalate(reason.to_owned()));
            let pause = self.between(5.0, 25.0);
            self.then(pause, Act::Start);
        }
    }

    fn ending(&mut self, work: f64) {
        let solution = self.fill(self.topic.solution);
        self.then(work * 0.6, Act::Reply(solution));
        let mut stars = if self.happens(0.95) { 5 } else { 3 };
        if self.happens(0.62) {
            let close = self.closing();
            self.then(2.0, close);
        } else {
            self.then(2.0, Act::Resolve);
            if self.happens(0.4) {
                let (pause, close) = (self.between(1_200.0, 3_000.0), self.closing());
                self.then(pause, close);
            }
        }
        if self.happens(0.08) {
            stars = 3;
            let again = pick(self.words.again, &mut self.chance).to_owned();
            let pause = self.between(120.0, 2_400.0);
            self.then(pause, Act::Reopen(again));
            let patience = pick(self.words.patience, &mut self.chance).to_owned();
            let (pause, work, close) = (
                self.between(5.0, 50.0),
                self.between(20.0, 220.0),
                self.closing(),
            );
            self.then(pause, Act::Start);
            self.then(1.0, Act::Reply(patience));
            self.then(work, close);
        }
        if self.happens(0.64) {
            let stars = stars
                - [0, 0, 0, 0, 0, 1, 1, 2]
                    .get(self.chance.random_range(0..8_usize))
                    .copied()
                    .unwrap_or(0);
            let said = match stars {
                ..=2 => self.words.feedback[0],
                3 => self.words.feedback[1],
                _ => self.words.feedback[2],
            };
            let feedback = self
                .happens(0.6)
                .then(|| pick(said, &mut self.chance).to_owned());
            let pause = self.between(0.1, 1.0).powi(2) * 2_000.0;
            self.then(
                pause,
                Act::Rate(NewRating {
                    rating: stars,
                    feedback,
                }),
            );
        }
    }

    fn closing(&mut self) -> Act {
        let notes = self.happens(0.3).then(|| self.note());
        Act::Close(Closing {
            summary: self.fill(self.topic.summary),
            resolution_type: self.topic.resolution,
            resolution_notes: notes,
            duplicate_of: None,
        })
    }
}

pub(super) fn tags(category: Category) -> Vec<String> {
    let words: &[&str] = match category {
        Category::Payment => &["payment", "m-pesa"],
        Category::Billing => &["invoice"],
        Category::Booking => &["booking"],
        Category::Technical | Category::BugReport => &["app"],
        Category::Complaint => &["quality"],
        Category::Account | Category::FeatureRequest | Category::General | Category::Other => &[],
    };
    words.iter().map(|&word| word.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{actor::Actor, people::Role};

    fn customers() -> Vec<Somebody> {
        let languages = ["en", "sw", "fr"].into_iter();
        languages
            .map(|language| Somebody {
                actor: Actor {
                    id: UserId(uuid::Uuid::nil()),
                    role: Role::Customer,
                },
                first_name: "Asha",
                language,
            })
            .collect()
    }

    fn told(seed: u64) -> Vec<String> {
        let plans = (0..50).map(|number| plan(seed, number, &customers()).unwrap());
        plans.map(|plan| format!("{:?}", plan.scenes)).collect()
    }

    #[test]
    fn the_same_seed_tells_the_same_stories_and_another_seed_others() {
        assert_eq!(told(1), told(1));
        assert_ne!(told(1), told(2));
    }

    #[test]
    fn every_story_begins_with_its_ticket_and_no_time_runs_back() {
        for number in 0..500 {
            let plan = plan(1, number, &customers()).unwrap();
            assert!(matches!(plan.scenes[0].act, Act::Open(_)));
            assert!(plan.scenes.len() > 2);
            assert!(
                plan.scenes
                    .iter()
                    .all(|scene| scene.after > TimeDelta::zero())
            );
        }
    }
}
