//! The chosen agent and the reason.

use super::*;
use crate::{
    assignment::Strategy,
    people::{Availability, Shift, Weekday},
    tickets::Category,
};
use chrono::NaiveTime;

pub fn now() -> DateTime<Utc> {
    // A Wednesday.
    "2025-10-01T08:30:00Z".parse().unwrap()
}

pub fn id(number: u128) -> UserId {
    UserId(uuid::Uuid::from_u128(number))
}

pub fn requirements() -> Requirements {
    Requirements {
        category: Category::Payment,
        department: Department::Billing,
        language: "sw".to_owned(),
        level: Level(1),
        except: None,
        now: now(),
    }
}

pub fn agent(number: u128) -> Candidate {
    Candidate {
        agent: id(number),
        department: Department::Billing,
        level: Level(1),
        specializations: vec![],
        languages: vec!["en".to_owned()],
        timezone: chrono_tz::UTC,
        shifts: vec![],
        availability: Availability::Available,
        current: 1,
        capacity: 5,
        turn: 0,
        last_assigned_at: None,
    }
}

/// A chosen agent, and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    pub agent: UserId,
    reason: String,
}

fn by(choice: &Choice<'_>, candidates: &[Candidate]) -> Option<Chosen> {
    choice.best(candidates).map(|best| Chosen {
        agent: best.agent,
        reason: choice.reason(best),
    })
}

pub fn choose(
    strategy: Strategy,
    requirements: &Requirements,
    candidates: &[Candidate],
) -> Option<Chosen> {
    by(
        &Choice::Usual {
            strategy,
            requirements,
        },
        candidates,
    )
}

pub fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn skilled(candidates: &[Candidate]) -> Option<UserId> {
    choose(Strategy::Skills, &requirements(), candidates).map(|chosen| chosen.agent)
}

#[test]
fn only_who_is_available_on_shift_with_room_and_high_enough_is_eligible() {
    let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    let shift = |start, end| Shift {
        day: Weekday::Wed,
        start: time(start),
        end: time(end),
    };
    let is = |change: fn(&mut Candidate)| {
        let mut candidate = agent(1);
        change(&mut candidate);
        eligible(&candidate, &requirements())
    };
    assert!(is(|_| ()));
    assert!(!is(|it| it.availability = Availability::Busy));
    assert!(!is(|it| it.availability = Availability::Away));
    assert!(!is(|it| it.availability = Availability::Offline));
    assert!(is(|it| it.current = 4));
    assert!(!is(|it| it.current = 5));
    assert!(!is(|it| (it.current, it.capacity) = (0, 0)));
    let on = Candidate {
        shifts: vec![shift(8, 9)],
        ..agent(1)
    };
    let off = Candidate {
        shifts: vec![shift(9, 8)],
        ..agent(1)
    };
    assert!(eligible(&on, &requirements()) && !eligible(&off, &requirements()));
    let in_nairobi = Candidate {
        timezone: chrono_tz::Africa::Nairobi,
        ..off
    };
    assert!(eligible(&in_nairobi, &requirements()));
    let second = Requirements {
        level: Level(2),
        ..requirements()
    };
    assert!(!eligible(&agent(1), &second));
    assert!(eligible(
        &Candidate {
            level: Level(3),
            ..agent(1)
        },
        &second
    ));
}

#[test]
fn skills_ask_for_the_department_first_of_all() {
    let other_desk = Candidate {
        department: Department::Technical,
        specializations: words(&["payments"]),
        ..agent(1)
    };
    assert_eq!(skilled(std::slice::from_ref(&other_desk)), None);
    assert_eq!(skilled(&[other_desk, agent(2)]), Some(id(2)));
}

#[test]
fn each_criterion_of_skills_decides_only_between_equals_of_those_before_it() {
    let earlier = now() - chrono::TimeDelta::hours(2);
    // From the weakest candidate to the strongest: each is better than the one before in one criterion, and
    // worse in all weaker ones.
    let ladder = [
        Candidate {
            level: Level(2),
            specializations: words(&["payment"]),
            current: 0,
            ..agent(1)
        },
        Candidate {
            current: 4,
            last_assigned_at: Some(now()),
            ..agent(2)
        },
        Candidate {
            current: 4,
            last_assigned_at: Some(earlier),
            ..agent(3)
        },
        Candidate {
            current: 4,
            ..agent(4)
        },
        Candidate {
            current: 3,
            last_assigned_at: Some(now()),
            ..agent(5)
        },
        Candidate {
            languages: words(&["SW-KE"]),
            current: 4,
            ..agent(6)
        },
        Candidate {
            specializations: words(&["Payments "]),
            current: 4,
            ..agent(7)
        },
    ];
    for pair in ladder.windows(2) {
        assert_eq!(skilled(pair), Some(pair[1].agent), "{pair:#?}");
    }
    assert_eq!(
        skilled(&[agent(9), agent(8)]),
        Some(id(8)),
        "the id decides between equals"
    );
}

#[test]
fn a_specialisation_names_a_category_in_any_spelling() {
    let knows = |word: &str, category| {
        let specializations = vec![word.to_owned()];
        let candidate = Candidate {
            specializations,
            ..agent(1)
        };
        candidate.knows(category).is_some()
    };
    for (word, category) in [
        ("payment", Category::Payment),
        ("Payments", Category::Payment),
        (" BOOKINGS ", Category::Booking),
        ("accounts", Category::Account),
        ("Bug Reports", Category::BugReport),
        ("feature-request", Category::FeatureRequest),
        ("feature_requests", Category::FeatureRequest),
    ] {
        assert!(knows(word, category), "{word}");
    }
    for word in ["", "s", "pay", "payment gateway", "billing"] {
        assert!(!knows(word, Category::Payment), "{word}");
    }
}

#[test]
fn a_language_is_spoken_in_any_region() {
    let speaks = |spoken: &str, requirements| {
        let candidate = Candidate {
            languages: words(&[spoken]),
            ..agent(1)
        };
        candidate.speaks(requirements)
    };
    assert!(speaks("sw", "sw") && speaks("sw-KE", "sw") && speaks("SW", "sw_TZ"));
    assert!(!speaks("en", "sw") && !speaks("", "") && !speaks("swa", "sw"));
}

#[test]
fn the_reason_is_a_plain_sentence() {
    let candidate = Candidate {
        specializations: words(&["refunds", "payments"]),
        languages: words(&["en", "sw"]),
        ..agent(1)
    };
    let reason = |strategy, candidate: &Candidate| {
        choose(strategy, &requirements(), std::slice::from_ref(candidate))
            .unwrap()
            .reason
    };
    assert_eq!(
        reason(Strategy::Skills, &candidate),
        "billing; knows payments; speaks sw; 1 of 5 tickets"
    );
    let second = Candidate {
        level: Level(2),
        ..agent(1)
    };
    assert_eq!(
        reason(Strategy::Skills, &second),
        "billing, level 2; 1 of 5 tickets"
    );
    assert_eq!(
        reason(Strategy::LoadBalanced, &candidate),
        "least loaded; 1 of 5 tickets"
    );
    assert_eq!(
        reason(Strategy::RoundRobin, &candidate),
        "next in turn; 1 of 5 tickets"
    );
}

#[test]
fn load_is_the_share_of_the_capacity_in_use() {
    let half = Candidate {
        current: 5,
        capacity: 10,
        ..agent(1)
    };
    let third = Candidate {
        current: 1,
        capacity: 3,
        department: Department::General,
        ..agent(2)
    };
    let chosen = choose(Strategy::LoadBalanced, &requirements(), &[half, third]).unwrap();
    assert_eq!(chosen.agent, id(2), "of whatever department");
}

#[test]
fn round_robin_serves_whoever_has_waited_longest() {
    let hours_ago = |hours| Some(now() - chrono::TimeDelta::hours(hours));
    let recent = Candidate {
        last_assigned_at: hours_ago(1),
        current: 0,
        ..agent(1)
    };
    let long = Candidate {
        last_assigned_at: hours_ago(3),
        current: 4,
        ..agent(2)
    };
    let never = Candidate {
        last_assigned_at: None,
        current: 4,
        ..agent(3)
    };
    let served = |candidates: &[Candidate]| {
        choose(Strategy::RoundRobin, &requirements(), candidates).map(|chosen| chosen.agent)
    };
    assert_eq!(served(&[recent.clone(), long.clone()]), Some(id(2)));
    assert_eq!(served(&[recent, long, never]), Some(id(3)));
}

#[test]
fn an_escalation_goes_to_the_least_loaded_of_exactly_the_level_wanted() {
    let second = |number, current| Candidate {
        level: Level(2),
        current,
        ..agent(number)
    };
    let candidates = [
        Candidate {
            current: 0,
            ..agent(1)
        },
        second(2, 3),
        second(3, 2),
        Candidate {
            department: Department::General,
            ..second(4, 0)
        },
        Candidate {
            availability: Availability::Offline,
            ..second(5, 0)
        },
        Candidate {
            capacity: 0,
            ..second(6, 0)
        },
        Candidate {
            level: Level(3),
            current: 0,
            ..agent(7)
        },
    ];
    let to = |level, from| {
        let choice = Choice::NextLevel {
            department: Department::Billing,
            level: Level(level),
            from,
            now: now(),
        };
        by(&choice, &candidates)
    };
    let chosen = to(2, None).unwrap();
    assert_eq!(chosen.agent, id(3));
    assert_eq!(
        chosen.reason,
        "billing, level 2, least loaded; 2 of 5 tickets"
    );
    assert_eq!(
        to(2, Some(id(3))).unwrap().agent,
        id(2),
        "not who has it already"
    );
    assert_eq!(to(4, None), None);
}
