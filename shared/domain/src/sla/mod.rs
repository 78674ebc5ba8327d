//! Service levels: policies, clocks and deadlines.

pub mod at_risk;
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
pub mod working_time;

pub use at_risk::WarningThresholds;
pub use calendar::{Calendar, CalendarText, Hours, TimeOfDay};
pub use clocks::Clocks;
pub use finding::{SlaFinding, SlaFindingKind};
pub use metric::Metric;
pub use policy::{Policy, PolicyRule, SlaTarget, default_rules, first_match};
pub use simulation::{Simulated, SimulatedEvent, SimulatedKind, Simulation};
pub use timer::{FurtherWarning, Pause, SlaClock};
pub use view::{ClockState, ClockView, SlaView};
