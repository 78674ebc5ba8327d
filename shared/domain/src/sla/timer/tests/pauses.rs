//! Only pauses that begin by the deadline move it.

use super::*;

#[test]
fn a_pause_that_begins_after_the_deadline_moves_it_no_more() {
    let mut clock = clock(120);
    drop(clock.pause(at(150)));
    assert_eq!(clock.due_if_resumed(None, at(240)), at(120));
    assert_eq!(clock.elapsed(None, at(240)), TimeDelta::minutes(240));
    clock.resume(None, at(330));
    assert_eq!(clock.due_at, at(120));
    assert_eq!(clock.elapsed(None, at(360)), TimeDelta::minutes(360));
    assert_eq!(clock.paused(None, at(360)), TimeDelta::zero());
}

#[test]
fn a_pause_that_begins_on_the_deadline_moves_it() {
    let mut clock = clock(10);
    drop(clock.pause(at(10)));
    clock.resume(None, at(25));
    assert_eq!((clock.due_at, clock.is_breached(at(25))), (at(25), false));
}

#[test]
fn a_pause_counts_for_the_targets_whose_deadline_it_begins_by() {
    let mut clock = clock(480);
    drop(clock.pause(at(60)));
    clock.resume(None, at(100));
    assert_eq!(clock.due_at, at(520));
    drop(clock.retarget(&target(30, &WarningThresholds::Once(80)), at(110)));
    assert_eq!((clock.due_at, clock.breached_at), (at(30), Some(at(30))));
    assert_eq!(clock.elapsed(None, at(110)), TimeDelta::minutes(110));
    drop(clock.retarget(&target(480, &WarningThresholds::Once(80)), at(120)));
    assert_eq!(clock.due_at, at(520));
}

#[test]
fn a_new_target_that_ends_before_a_pause_ends_the_pause() {
    let mut clock = clock(480);
    drop(clock.pause(at(60)));
    drop(clock.retarget(&target(30, &WarningThresholds::Once(80)), at(600)));
    assert!(clock.is_running());
    assert_eq!(clock.due_if_resumed(None, at(700)), at(30));
    clock.resume(None, at(800));
    assert_eq!(clock.due_at, at(30));
}

#[test]
fn a_pause_after_the_deadline_that_a_release_before_kept_moves_nothing() {
    let mut clock = clock(10);
    drop(clock.sweep(at(20)));
    clock.paused_at = Some(at(20));
    assert_eq!(clock.due_if_resumed(None, at(40)), at(10));
    assert_eq!(clock.elapsed(None, at(40)), TimeDelta::minutes(40));
    clock.resume(None, at(50));
    assert_eq!(clock.due_at, at(10));
}

proptest! {
    /// Compared with a computation by hand: each pause that begins by the deadline moves it, and no other does.
    #[test]
    fn elapsed_and_paused_are_the_minutes_that_ran_and_stood(
        steps in timeline(300), end in 0_i64..300,
    ) {
        let steps: Vec<_> = steps.into_iter().map(|(minute, step)| (minute * 60, step)).collect();
        let end = steps.last().map_or(0, |last| last.0) / 60 + end;
        let (clock, _) = lived(60, &steps);
        let mut slow = Slow { target: 60, waits: Vec::new(), waits_since: None, stopped: None };
        for (second, step) in steps {
            slow.lives(step, second / 60);
        }
        let until = slow.stopped.unwrap_or(end);
        let stood = slow.counted().0 + slow.waits_since.map_or(0, |from| until - from);
        prop_assert_eq!(clock.elapsed(None, at(end)).num_minutes(), until - stood);
        prop_assert_eq!(clock.paused(None, at(end)).num_minutes(), stood);
        if slow.waits_since.is_none() {
            prop_assert_eq!(clock.due_at, at(slow.counted().1));
        }
    }

    #[test]
    fn a_pause_that_begins_after_the_deadline_moves_nothing(
        steps in timeline(3600), after in 1_i64..36_000, length in 0_i64..36_000,
    ) {
        let (mut clock, _) = lived(60, &steps);
        let last = at_second(steps.last().map_or(0, |last| last.0));
        clock.resume(None, last);
        let from = clock.due_at.max(last) + TimeDelta::seconds(after);
        drop(clock.sweep(from));
        let before = clock.clone();
        prop_assert_eq!(clock.pause(from), vec![]);
        clock.resume(None, from + TimeDelta::seconds(length));
        prop_assert_eq!(clock, before);
    }
}

/// The pauses of a clock, in minutes.
struct Slow {
    target: i64,
    waits: Vec<(i64, i64)>,
    waits_since: Option<i64>,
    stopped: Option<i64>,
}

impl Slow {
    /// The minutes of the pauses that count, and the deadline.
    fn counted(&self) -> (i64, i64) {
        let (mut stood, mut due) = (0, self.target);
        for (from, to) in &self.waits {
            if *from <= due {
                stood += to - from;
                due += to - from;
            }
        }
        (stood, due)
    }

    fn ends(&mut self, minute: i64) {
        let wait = self.waits_since.take();
        self.waits.extend(wait.map(|from| (from, minute)));
    }

    fn lives(&mut self, step: Step, minute: i64) {
        if self.stopped.is_some() {
            return;
        }
        match step {
            Step::Pause if minute <= self.counted().1 => {
                self.waits_since.get_or_insert(minute);
            }
            Step::Pause | Step::Sweep => {}
            Step::Resume => self.ends(minute),
            Step::Retarget(target, _) => {
                self.target = i64::from(target);
                if self.waits_since.is_some_and(|from| from > self.counted().1) {
                    self.ends(minute);
                }
            }
            Step::Stop => {
                self.ends(minute);
                self.stopped = Some(minute);
            }
        }
    }
}
