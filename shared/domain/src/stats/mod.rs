//! Statistics: the questions, and the figures that answer them. Workers keep a row for each ticket by following the event
//! feed (`actions::stats`); a question reads the rows of its period. Pure.

mod arithmetic;
pub mod backlog;
pub mod breakdown;
pub mod figures;
pub mod overview;
pub mod performance;
pub mod period;
pub mod question;
pub mod satisfaction;
pub mod sla;

pub use backlog::{BacklogFigures, BacklogPoint, BacklogReport};
pub use breakdown::{Count, Group, breakdown};
pub use figures::{Durations, Figures, Grouped, TicketFigures};
pub use overview::{AgentFigures, Stats};
pub use performance::Performance;
pub use period::{Days, InInterval, Interval, Period, Range, TooManyIntervals};
pub use question::{Question, StatsFilter};
pub use satisfaction::{Ratings, SatisfactionFigures, SatisfactionReport};
pub use sla::{ClockFigures, Clocks, PrioritySla, SlaFigures, SlaReport};
