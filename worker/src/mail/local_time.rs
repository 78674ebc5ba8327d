//! Instants in the words of a reader: in the language and the time zone of the person, and with the name of
//! that zone. Pure.

use super::templates::Language;
use chrono::{DateTime, Datelike, Offset, Timelike, Utc};
use chrono_tz::Tz;
use icu_calendar::Gregorian;
use icu_datetime::{
    FixedCalendarDateTimeFormatter,
    fieldsets::{T, YMD, zone::GenericLong},
    input::{Date, Time, TimeZoneInfo, UtcOffset, ZonedDateTime},
};
use icu_locale_core::{Locale, locale};
use icu_time::zone::{IanaParser, models::AtTime};

/// The clock on a person's wall.
#[derive(Debug, Clone)]
pub struct LocalTime {
    locale: Locale,
    zone: Tz,
}

/// An instant as ICU formats it.
type Instant = ZonedDateTime<Gregorian, TimeZoneInfo<AtTime>>;

impl LocalTime {
    /// The clock of a reader of that language in that zone.
    #[must_use]
    pub fn new(language: Language, zone: Tz) -> Self {
        let locale = match language {
            // Not `en`, which is American: its readers are in East Africa.
            Language::English => locale!("en-GB"),
            Language::Swahili => locale!("sw"),
            Language::French => locale!("fr"),
        };
        Self { locale, zone }
    }

    /// Day, time and zone: `1 October 2025 at 11:50 East Africa Time`.
    #[must_use]
    pub fn day_and_time(&self, at: DateTime<Utc>) -> String {
        let fields = YMD::long().with_time_hm().with_zone(GenericLong);
        let formatter = FixedCalendarDateTimeFormatter::try_new(self.locale.clone().into(), fields);
        let words = formatter
            .ok()
            .zip(self.instant(at))
            .map(|(formatter, instant)| formatter.format(&instant).to_string());
        words.unwrap_or_else(|| self.in_digits(at, "%Y-%m-%d %H:%M %Z"))
    }

    /// Time and zone: `11:50 East Africa Time`.
    #[must_use]
    pub fn time(&self, at: DateTime<Utc>) -> String {
        let fields = T::hm().with_zone(GenericLong);
        let formatter = FixedCalendarDateTimeFormatter::<Gregorian, _>::try_new(
            self.locale.clone().into(),
            fields,
        );
        let words = formatter
            .ok()
            .zip(self.instant(at))
            .map(|(formatter, instant)| formatter.format(&instant).to_string());
        words.unwrap_or_else(|| self.in_digits(at, "%H:%M %Z"))
    }

    /// Whether two instants are on one day.
    #[must_use]
    pub fn is_one_day(&self, one: DateTime<Utc>, other: DateTime<Utc>) -> bool {
        let day = |at: DateTime<Utc>| at.with_timezone(&self.zone).date_naive();
        day(one) == day(other)
    }

    fn instant(&self, at: DateTime<Utc>) -> Option<Instant> {
        let local = at.with_timezone(&self.zone);
        let (month, day) = (local.month().try_into(), local.day().try_into());
        let date = Date::try_new_gregorian(local.year(), month.ok()?, day.ok()?).ok()?;
        let (hour, minute) = (local.hour().try_into(), local.minute().try_into());
        let time = Time::try_new(hour.ok()?, minute.ok()?, 0, 0).ok()?;
        let offset = UtcOffset::try_from_seconds(local.offset().fix().local_minus_utc()).ok();
        let zone = IanaParser::new().parse(self.zone.name());
        let zone = zone
            .with_offset(offset)
            .at_date_time(icu_datetime::input::DateTime {
                date: date.to_calendar(icu_calendar::Iso),
                time,
            });
        Some(ZonedDateTime { date, time, zone })
    }

    /// For an instant that ICU cannot format: no mail is lost for its words.
    fn in_digits(&self, at: DateTime<Utc>, form: &str) -> String {
        at.with_timezone(&self.zone).format(form).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_has_the_words_of_the_readers_language_and_zone() {
        let at = "2025-07-01T13:05:00Z".parse().unwrap();
        for (language, zone, words, time) in [
            (
                Language::English,
                "Africa/Nairobi",
                "1 July 2025 at 16:05 East Africa Time",
                "16:05 East Africa Time",
            ),
            (
                Language::Swahili,
                "Africa/Nairobi",
                "1 Julai 2025, 16:05 Saa za Afrika Mashariki",
                "16:05 Saa za Afrika Mashariki",
            ),
            (
                Language::French,
                "Africa/Kinshasa",
                "1 juillet 2025 à 14:05 heure d’Afrique de l’Ouest",
                "14:05 heure d’Afrique de l’Ouest",
            ),
            (
                Language::English,
                "Europe/Paris",
                "1 July 2025 at 15:05 Central European Time",
                "15:05 Central European Time",
            ),
            (
                Language::English,
                "UTC",
                "1 July 2025 at 13:05 Coordinated Universal Time",
                "13:05 Coordinated Universal Time",
            ),
        ] {
            let local = LocalTime::new(language, zone.parse().unwrap());
            assert_eq!(local.day_and_time(at), words);
            assert_eq!(local.time(at), time);
        }
    }

    #[test]
    fn every_zone_that_a_person_may_choose_has_a_name_of_words_or_an_offset() {
        let at = "2025-07-01T13:05:00Z".parse().unwrap();
        for zone in chrono_tz::TZ_VARIANTS {
            let named = LocalTime::new(Language::English, zone).time(at);
            assert!(named.len() > 8 && !named.contains('?'), "{zone}: {named}");
        }
    }

    #[test]
    fn a_day_ends_at_the_readers_midnight() {
        let local = LocalTime::new(Language::English, chrono_tz::Africa::Nairobi);
        let at = |text: &str| text.parse().unwrap();
        assert!(local.is_one_day(at("2025-07-01T21:30:00Z"), at("2025-07-02T20:59:00Z")));
        assert!(!local.is_one_day(at("2025-07-01T20:59:00Z"), at("2025-07-01T21:00:00Z")));
    }
}
