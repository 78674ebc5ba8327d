//! Service levels: policies, clocks, calendars and deadlines.

pub mod calendar;
pub mod clocks;
pub mod finding;
pub mod metric;
pub mod new_calendar;
pub mod new_policy;
pub mod policy;
#[cfg(test)]
pub mod reference;
pub mod simulation;
pub mod timer;
pub mod view;
pub mod warning_thresholds;
pub mod working_time;

pub use calendar::{Calendar, CalendarText, Hours, TimeOfDay};
pub use clocks::Clocks;
pub use finding::{SlaFinding, SlaFindingKind};
pub use metric::Metric;
pub use policy::{Policy, PolicyRule, SlaTarget, default_rules, first_match};
pub use simulation::{Simulated, SimulatedEvent, SimulatedKind, Simulation};
pub use timer::{FurtherWarning, Pause, SlaClock};
pub use view::{ClockState, ClockView, SlaView};
pub use warning_thresholds::WarningThresholds;
