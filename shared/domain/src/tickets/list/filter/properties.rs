//! Properties of the reader of a list's query, for any input.

use super::*;
use crate::{
    ids::TicketId,
    paging::LAST_PAGE,
    tickets::list::{Position, SortKey, Start, place::MOST},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{select, subsequence},
};

fn any_order() -> impl Strategy<Value = Order> {
    (select(SortKey::ALL), any::<bool>()).prop_map(|(key, descending)| Order { key, descending })
}

/// Two that are not the same.
fn two_orders() -> impl Strategy<Value = (Order, Order)> {
    let orders: Vec<Order> = SortKey::ALL
        .iter()
        .flat_map(|&key| [true, false].map(|descending| Order { key, descending }))
        .collect();
    subsequence(orders, 2)
        .prop_shuffle()
        .prop_map(|two| (two[0], two[1]))
}

/// As the database writes what a list in that order is sorted by.
fn value(order: Order, micros: i64, rank: i16) -> String {
    match order.key {
        SortKey::CreatedAt | SortKey::UpdatedAt | SortKey::SlaDue => {
            let at = DateTime::from_timestamp_micros(micros).unwrap();
            let text = at.format("%Y-%m-%d %H:%M:%S%.6f").to_string();
            let text = text.trim_end_matches('0').trim_end_matches('.');
            format!("{text}+00")
        }
        SortKey::Priority => rank.to_string(),
        SortKey::Relevance => (f32::from(rank) / 7.0).to_string(),
    }
}

/// Text that is like what is meant, and text that is not.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,40}",
        "[-+:.TZ0-9 ]{0,30}",
        "[a-z_,]{0,20}",
        "-?(createdAt|updatedAt|priority|slaDue)",
        "(open|closed|urgent|me|none|at_risk|breached)(,open|,urgent| )?",
        "[0-9]{4}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,12})?(Z|\\+0[0-9]:00))?",
        any::<u128>().prop_map(|id| uuid::Uuid::from_u128(id).to_string()),
        any::<Vec<u8>>().prop_map(|bytes| URL_SAFE_NO_PAD.encode(bytes)),
        ("-?(createdAt|priority)", "[-+:. 0-9]{0,30}", any::<u128>()).prop_map(
            |(sort, value, id)| {
                URL_SAFE_NO_PAD.encode(format!("{sort}~{value}~{}", uuid::Uuid::from_u128(id)))
            }
        ),
    ]
}

/// A query of some of the parameters, each at most once.
fn any_query() -> impl Strategy<Value = Vec<(String, String)>> {
    let names = subsequence(FIELDS.to_vec(), 0..=FIELDS.len());
    (names, vec(any_text(), FIELDS.len())).prop_map(|(names, texts)| {
        let names = names.into_iter().map(str::to_owned);
        names.zip(texts).collect()
    })
}

fn reader(pairs: Vec<(String, String)>) -> QueryReader {
    let pairs = pairs.into_iter();
    QueryReader::new(pairs.map(|(name, value)| (name, Ok(value))).collect())
}

const FIELDS: [&str; 17] = [
    "q",
    "status",
    "priority",
    "category",
    "department",
    "assignedTo",
    "customer",
    "tag",
    "createdFrom",
    "createdTo",
    "updatedFrom",
    "timezone",
    "sla",
    "sort",
    "page",
    "limit",
    "cursor",
];

/// The first and the last instant that fit into four digits.
const YEARS: std::ops::Range<i64> = -62_135_596_800_000_000..253_402_300_800_000_000;

proptest! {
    #[test]
    fn a_cursor_that_was_printed_reads_as_the_place_that_it_names(
        order in any_order(), micros in YEARS, rank in any::<i16>(), ticket in any::<u128>(),
    ) {
        let ticket = TicketId(uuid::Uuid::from_u128(ticket));
        let position = Position { value: value(order, micros, rank), ticket };
        let cursor = position.cursor(order);
        prop_assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        prop_assert_eq!(Position::parse(&cursor, order), Some(position));
    }

    #[test]
    fn a_cursor_is_refused_in_any_other_order(
        (order, other) in two_orders(), micros in YEARS, rank in any::<i16>(),
    ) {
        let ticket = TicketId(uuid::Uuid::nil());
        let cursor = Position { value: value(order, micros, rank), ticket }.cursor(order);
        prop_assert_eq!(Position::parse(&cursor, other), None);
    }

    #[test]
    fn any_text_is_refused_as_a_cursor_or_prints_as_it_was(text in any_text(), order in any_order()) {
        if let Some(position) = Position::parse(&text, order) {
            prop_assert_eq!(position.cursor(order), text);
        }
    }

    #[test]
    fn whatever_a_query_says_its_errors_name_fields_that_it_has(pairs in any_query()) {
        let mut query = reader(pairs);
        let (filter, paging) = Filter::read(&mut query, UserId(uuid::Uuid::nil()));
        for error in query.into_errors() {
            prop_assert!(FIELDS.contains(&error.field.as_str()), "{:?}", error);
        }
        prop_assert!((1..=MOST).contains(&paging.limit));
        if let Start::Page(page) = paging.start {
            prop_assert!((1..=LAST_PAGE).contains(&page));
        }
        let years = DateTime::from_timestamp_micros(YEARS.start - 366 * 86_400_000_000).unwrap()
            ..=DateTime::from_timestamp_micros(YEARS.end).unwrap();
        let ends = [filter.created_from, filter.created_before, filter.updated_from];
        prop_assert!(ends.iter().flatten().all(|end| years.contains(end)), "{:?}", ends);
    }

    #[test]
    fn what_answers_show_of_an_instant_includes_it_at_both_ends(micros in YEARS) {
        let at = DateTime::from_timestamp_micros(micros).unwrap();
        let shown = crate::time_format::text(at);
        let pairs = ["createdFrom", "createdTo"].map(|name| (name.to_owned(), shown.clone()));
        let mut query = reader(pairs.to_vec());
        let (filter, _) = Filter::read(&mut query, UserId(uuid::Uuid::nil()));
        prop_assert!(query.into_errors().is_empty());
        prop_assert!(filter.created_from.unwrap() <= at && at < filter.created_before.unwrap());
    }
}
