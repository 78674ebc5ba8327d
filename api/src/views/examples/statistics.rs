//! The examples of statistics.

use crate::{
    openapi::{Example, ExampleStage},
    views::{
        example_ticket::{ExampleTicket, agent, minute},
        stats::{Agents, Categories, Departments, StatsView, grouped},
    },
};
use actions::stats::Entry;
use domain::{
    people::Department,
    stats::{
        AgentFigures, BacklogFigures, BacklogPoint, BacklogReport, Clocks, Count, Days, Durations,
        Figures, InInterval, PrioritySla, Ratings, SatisfactionFigures, SatisfactionReport,
        SlaFigures, SlaReport, Stats,
    },
    tickets::{Category, Priority, Status},
};
use serde::Serialize;
use serde_json::{Value, json};

/// The number of tickets in the examples of statistics.
const COUNTED: i64 = 128;

impl Example for StatsView<Stats> {
    fn example(_: ExampleStage) -> Value {
        let (figures, ratings) = counted();
        let stats = Stats {
            total: COUNTED,
            status_breakdown: vec![Count {
                of: Status::Closed,
                count: COUNTED,
            }],
            priority_breakdown: vec![Count {
                of: Priority::Medium,
                count: COUNTED,
            }],
            category_breakdown: vec![Count {
                of: Category::Payment,
                count: COUNTED,
            }],
            agent_stats: AgentFigures::of(&figures, &ratings),
            intervals: None,
        };
        shown(stats)
    }
}

impl Example for StatsView<Agents<'_>> {
    fn example(_: ExampleStage) -> Value {
        let fixture = ExampleTicket::until(ExampleStage::default());
        let entry = Entry {
            key: agent().id.to_string(),
            ..entry()
        };
        shown(Agents::of(&[entry], &fixture.people))
    }
}

impl Example for StatsView<Departments> {
    fn example(_: ExampleStage) -> Value {
        let entry = Entry {
            key: Department::Billing.to_string(),
            ..entry()
        };
        shown(Departments {
            departments: grouped(&[entry]),
        })
    }
}

impl Example for StatsView<Categories> {
    fn example(_: ExampleStage) -> Value {
        let entry = Entry {
            key: Category::Payment.to_string(),
            ..entry()
        };
        shown(Categories {
            categories: grouped(&[entry]),
        })
    }
}

impl Example for StatsView<SlaReport> {
    fn example(_: ExampleStage) -> Value {
        let figures = SlaFigures::of(&counted().0);
        shown(SlaReport {
            figures: figures.clone(),
            priorities: vec![PrioritySla {
                priority: Priority::Medium,
                figures: figures.clone(),
            }],
            intervals: vec![InInterval::of(week(), figures)],
        })
    }
}

impl Example for StatsView<SatisfactionReport> {
    fn example(_: ExampleStage) -> Value {
        let figures = SatisfactionFigures::of(&counted().1);
        shown(SatisfactionReport {
            figures: figures.clone(),
            intervals: vec![InInterval::of(week(), figures)],
        })
    }
}

impl Example for StatsView<BacklogReport> {
    fn example(_: ExampleStage) -> Value {
        let figures = BacklogFigures::from(BacklogPoint {
            created: COUNTED,
            resolved: 121,
            reopened: 2,
            open: 34,
            age_millis: 34 * 5_400_000,
            p50_age: Some(4_800_000),
            p90_age: Some(11_100_000),
            max_age: Some(86_400_000),
        });
        shown(BacklogReport {
            figures: figures.clone(),
            intervals: vec![InInterval::of(week(), figures)],
        })
    }
}

fn shown<T: Serialize>(figures: T) -> Value {
    json!(StatsView::of(figures, Some(minute(60))))
}

/// The first week of the example.
fn week() -> Days {
    let first = minute(0).date_naive();
    Days {
        first,
        last: first + chrono::Days::new(6),
    }
}

fn entry() -> Entry {
    let (figures, ratings) = counted();
    Entry {
        figures,
        ratings,
        intervals: vec![(week(), figures, ratings)],
        ..Entry::default()
    }
}

fn counted() -> (Figures, Ratings) {
    let clocks = Clocks {
        met: 124,
        breached: 4,
        running: 0,
    };
    let figures = Figures {
        total: COUNTED,
        open: 0,
        closed: COUNTED,
        compliant: 124,
        response: Durations {
            count: COUNTED,
            millis: COUNTED * 9 * 60_000,
            p50: Some(7 * 60_000),
            p90: Some(21 * 60_000),
        },
        resolution: Durations {
            count: COUNTED,
            millis: COUNTED * 84 * 60_000,
            p50: Some(61 * 60_000),
            p90: Some(190 * 60_000),
        },
        response_clocks: clocks,
        resolution_clocks: clocks,
        transfers: 9,
        escalations: 3,
        reopenings: 2,
        one_touch: 87,
    };
    (figures, Ratings([0, 1, 2, 9, 52]))
}
