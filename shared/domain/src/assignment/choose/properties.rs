//! Properties of every choice.

use super::*;
use crate::assignment::choose::tests::{agent, choose, id, now, requirements, words};
use crate::{
    assignment::{Extent, Roster, Strategy},
    people::Availability,
};
use proptest::{prelude::*, sample::select, strategy::Strategy as _};

fn any_candidate() -> impl proptest::strategy::Strategy<Value = Candidate> {
    let person = (
        select(vec![
            Department::Billing,
            Department::Billing,
            Department::General,
        ]),
        1..4_i32,
        select(vec!["payments", "bookings", ""]),
        select(vec!["sw", "en"]),
    );
    let load = (
        select(vec![
            Availability::Available,
            Availability::Available,
            Availability::Busy,
        ]),
        0..6_i64,
        0..6_i32,
        0..3_i64,
        proptest::option::of(0..5_i64),
    );
    (person, load).prop_map(|((department, level, knows, speaks), load)| {
        let (availability, current, capacity, turn, hours_ago) = load;
        Candidate {
            department,
            level: Level(level),
            specializations: words(&[knows]),
            languages: words(&[speaks]),
            availability,
            current,
            capacity,
            turn,
            last_assigned_at: hours_ago.map(|hours| now() - chrono::TimeDelta::hours(hours)),
            ..agent(0)
        }
    })
}

fn any_candidates() -> impl proptest::strategy::Strategy<Value = Vec<Candidate>> {
    prop::collection::vec(any_candidate(), 0..8).prop_map(|mut candidates| {
        for (number, candidate) in (0..).zip(&mut candidates) {
            candidate.agent = id(number);
        }
        candidates
    })
}

fn any_strategy() -> impl proptest::strategy::Strategy<Value = Strategy> {
    select(Strategy::ALL)
}

proptest! {
    #[test]
    fn the_order_of_the_candidates_does_not_matter(
        (candidates, shuffled) in any_candidates().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        strategy in any_strategy(),
    ) {
        let requirements = requirements();
        prop_assert_eq!(choose(strategy, &requirements, &candidates), choose(strategy, &requirements, &shuffled));
    }

    #[test]
    fn only_the_eligible_are_chosen_and_nobody_only_when_there_is_none(
        candidates in any_candidates(), strategy in any_strategy(), level in 1..4_i32,
    ) {
        let requirements = Requirements { level: Level(level), ..requirements() };
        let fits = |candidate: &&Candidate| {
            eligible(candidate, &requirements)
                && match strategy {
                    Strategy::Skills => candidate.department == requirements.department,
                    Strategy::LoadBalanced | Strategy::RoundRobin => true,
                    Strategy::Manual => false,
                }
        };
        let fitting: Vec<_> = candidates.iter().filter(fits).map(|it| it.agent).collect();
        let chosen = choose(strategy, &requirements, &candidates).map(|chosen| chosen.agent);
        prop_assert_eq!(chosen.is_none(), fitting.is_empty());
        prop_assert!(chosen.is_none_or(|agent| fitting.contains(&agent)));
    }

    /// More work never makes an agent the choice, and less work never prevents it.
    #[test]
    fn who_is_chosen_is_chosen_with_less_to_do_and_who_is_not_is_not_with_more(
        candidates in any_candidates(), strategy in any_strategy(), which in 0..8_usize,
    ) {
        let chosen = choose(strategy, &requirements(), &candidates).map(|chosen| chosen.agent);
        let mut changed = candidates;
        if let Some(one) = changed.get_mut(which) {
            if chosen == Some(one.agent) {
                one.current = one.current.saturating_sub(1).max(0);
            } else {
                one.current += 1;
            }
        }
        let again = choose(strategy, &requirements(), &changed).map(|chosen| chosen.agent);
        prop_assert_eq!(again, chosen);
    }

    #[test]
    fn whoever_handed_a_ticket_back_is_not_chosen(candidates in any_candidates(), strategy in any_strategy()) {
        if let Some(first) = choose(strategy, &requirements(), &candidates) {
            let requirements = Requirements { except: Some(first.agent), ..requirements() };
            let second = choose(strategy, &requirements, &candidates);
            prop_assert!(second.is_none_or(|second| second.agent != first.agent));
        }
    }

    #[test]
    fn an_escalation_falls_on_the_least_loaded_of_its_level_alone(
        candidates in any_candidates(), level in 1..4_i32, from in proptest::option::of(0..8_u128),
    ) {
        let choice = Choice::NextLevel {
            department: Department::Billing, level: Level(level), from: from.map(id), now: now(),
        };
        let fits = |one: &&Candidate| {
            one.department == Department::Billing && one.level == Level(level)
                && Some(one.agent) != from.map(id)
                && one.availability == Availability::Available && one.current < i64::from(one.capacity)
        };
        let best = choice.best(&candidates);
        prop_assert_eq!(best.is_none(), candidates.iter().find(fits).is_none());
        if let Some(best) = best {
            prop_assert!(fits(&best));
            prop_assert!(candidates.iter().filter(fits).all(|other| best.by_load(other).is_le()));
        }
    }

    /// A claim may replace a locked agent only by one who suits equally well.
    #[test]
    fn an_equal_suits_as_well_in_all_but_the_time_without_a_ticket(
        candidates in any_candidates(), strategy in any_strategy(),
    ) {
        let requirements = requirements();
        let choice = Choice::Usual { strategy, requirements: &requirements };
        let roster = Roster::new(candidates, 0, Extent::Everybody);
        if let Some(best) = roster.best(&choice) {
            let busy = [best.agent].into();
            if let Some(other) = roster.free_equal(&choice, best, &busy).and_then(|other| roster.agent(other)) {
                prop_assert!(other.agent != best.agent && eligible(other, &requirements));
                match strategy {
                    Strategy::Skills => {
                        prop_assert_eq!(other.level, best.level);
                        prop_assert_eq!(other.knows(requirements.category).is_some(), best.knows(requirements.category).is_some());
                        prop_assert_eq!(other.speaks("sw"), best.speaks("sw"));
                        prop_assert!(other.by_load(best).is_eq());
                    }
                    Strategy::LoadBalanced => prop_assert!(other.by_load(best).is_eq()),
                    Strategy::RoundRobin => prop_assert_eq!(other.turn, best.turn),
                    Strategy::Manual => prop_assert!(false, "people assign"),
                }
            }
        }
    }

    /// Agents who are present all the time get equal numbers of tickets, give or take one. A returning agent
    /// does not catch up on missed rounds.
    #[test]
    fn turns_are_even_over_a_long_run(
        there in 2..7_u128, tickets in 1..200_usize, away in prop::collection::vec(any::<bool>(), 200),
    ) {
        let requirements = requirements();
        let choice = Choice::Usual { strategy: Strategy::RoundRobin, requirements: &requirements };
        let mut house: Vec<_> = (0..=there).map(|number| Candidate { capacity: i32::MAX, ..agent(number) }).collect();
        let mut given = vec![0_i64; house.len()];
        for (step, away) in away.iter().take(tickets).enumerate() {
            // The last agent comes and goes.
            house.last_mut().unwrap().availability = if *away { Availability::Away } else { Availability::Available };
            let roster = Roster::new(house.clone(), 0, Extent::Everybody);
            let best = roster.best(&choice).unwrap();
            let turn = roster.next_turn(best);
            let place = house.iter().position(|one| one.agent == best.agent).unwrap();
            house[place].turn = turn;
            house[place].current += 1;
            house[place].last_assigned_at = Some(now() + chrono::TimeDelta::seconds(i64::try_from(step).unwrap()));
            given[place] += 1;
            let (visitor, steady) = given.split_last().unwrap();
            let (most, least) = (steady.iter().max().unwrap(), steady.iter().min().unwrap());
            prop_assert!(most - least <= 1, "{given:?}");
            prop_assert!(visitor - least <= 1, "{given:?}");
        }
    }

    /// Independence: removing a candidate who was not chosen does not change the choice.
    #[test]
    fn who_was_not_chosen_does_not_matter(candidates in any_candidates(), strategy in any_strategy()) {
        let chosen = choose(strategy, &requirements(), &candidates);
        for left_out in &candidates {
            if chosen.as_ref().is_none_or(|chosen| chosen.agent != left_out.agent) {
                let rest: Vec<_> = candidates.iter().filter(|it| it.agent != left_out.agent).cloned().collect();
                prop_assert_eq!(&choose(strategy, &requirements(), &rest), &chosen);
            }
        }
    }
}
