//! Where the company is, and how its week lies: such that the present is half past two on its Wednesday, in the
//! middle of a working day, whenever the demo is run. Pure.

use super::cast::WEEK;
use chrono::{DateTime, Datelike, Timelike, Utc};
use chrono_tz::Tz;
use domain::people::Weekday;

/// One zone for each hour, without summer time, so that a day of the story has 24 hours. Most people of the
/// cast live in the first.
const ZONES: [Tz; 24] = [
    Tz::Africa__Nairobi,
    Tz::Africa__Kigali,
    Tz::Africa__Lagos,
    Tz::Africa__Accra,
    Tz::Atlantic__Cape_Verde,
    Tz::America__Noronha,
    Tz::America__Montevideo,
    Tz::America__La_Paz,
    Tz::America__Lima,
    Tz::America__Costa_Rica,
    Tz::America__Phoenix,
    Tz::Pacific__Pitcairn,
    Tz::Pacific__Gambier,
    Tz::Pacific__Honolulu,
    Tz::Pacific__Pago_Pago,
    Tz::Pacific__Tarawa,
    Tz::Pacific__Noumea,
    Tz::Australia__Brisbane,
    Tz::Asia__Tokyo,
    Tz::Asia__Singapore,
    Tz::Asia__Jakarta,
    Tz::Asia__Dhaka,
    Tz::Asia__Tashkent,
    Tz::Asia__Dubai,
];

const DAY_MINUTES: u32 = 24 * 60;
/// The time of day of the present, in minutes since midnight.
const PRESENT: u32 = 14 * 60 + 30;
/// The day of the present, counted from the first of the week.
const PRESENT_DAY: usize = 2;

/// The zone of the company, and the turn of its week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Home {
    pub zone: Tz,
    /// How many days after Monday its week begins.
    turn: usize,
}

impl Home {
    /// The home for which `now` is the middle of a working day.
    pub fn at(now: DateTime<Utc>) -> Self {
        let away = |zone: &Tz| {
            let local = now.with_timezone(zone);
            let apart = (local.hour() * 60 + local.minute()).abs_diff(PRESENT);
            apart.min(DAY_MINUTES - apart)
        };
        let zone = ZONES.into_iter().min_by_key(away).unwrap_or(Tz::UTC);
        let today = position(now.with_timezone(&zone).weekday().into());
        Self {
            zone,
            turn: (today + WEEK.len() - PRESENT_DAY) % WEEK.len(),
        }
    }

    /// The day of the calendar on which a day of the cast's week falls.
    pub fn day(&self, of_cast: Weekday) -> Weekday {
        let at = (position(of_cast) + self.turn) % WEEK.len();
        WEEK.get(at).copied().unwrap_or(of_cast)
    }

    /// The local hour, and the day of the company's week from 0 on.
    pub fn hour_and_day(&self, at: DateTime<Utc>) -> (usize, usize) {
        let local = at.with_timezone(&self.zone);
        let day = position(local.weekday().into());
        let hour = usize::try_from(local.hour()).unwrap_or_default();
        (hour, (day + WEEK.len() - self.turn) % WEEK.len())
    }
}

fn position(day: Weekday) -> usize {
    WEEK.iter()
        .position(|other| *other == day)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn the_present_is_the_middle_of_a_working_day_whenever_it_is() {
        let monday: DateTime<Utc> = "2025-10-06T00:00:00Z".parse().unwrap();
        for minutes in (0..7 * 24 * 60).step_by(15) {
            let now = monday + TimeDelta::minutes(minutes);
            let home = Home::at(now);
            let (hour, day) = home.hour_and_day(now);
            assert!(matches!(hour, 14 | 15), "{now}: {hour} in {}", home.zone);
            assert_eq!(day, PRESENT_DAY, "{now}");
            let today: Weekday = now.with_timezone(&home.zone).weekday().into();
            assert_eq!(home.day(Weekday::Wed), today);
        }
    }

    #[test]
    fn an_afternoon_in_nairobi_is_told_in_nairobi_with_its_own_week() {
        let wednesday = "2025-10-08T11:30:00Z".parse().unwrap();
        let home = Home::at(wednesday);
        assert_eq!(home.zone, Tz::Africa__Nairobi);
        assert!(WEEK.iter().all(|day| home.day(*day) == *day));
    }
}
