//! Service levels: policies, clocks and deadlines.

pub mod actions;
mod at_risk;
mod calendar;
mod clocks;
mod metric;
mod new_calendar;
mod new_policy;
mod overdue;
mod policy;
mod simulation;
pub(crate) mod store;
mod timer;
mod view;
mod working_time;

pub use at_risk::AtRisk;
pub use calendar::{Calendar, CalendarText, Hours, TimeOfDay};
pub use clocks::Clocks;
pub use metric::Metric;
pub use new_calendar::{NewCalendar, NewHours};
pub use new_policy::{NewAtRisk, NewPolicy, NewPolicyRule};
pub use overdue::{Overdue, OverdueKind};
pub use policy::{Policy, PolicyRule, Terms, default_rules, first_match};
pub use simulation::{NewEvent, Simulated, SimulatedEvent, SimulatedKind, Simulation};
pub use timer::{FurtherWarning, Pause, SlaClock};
pub use view::{ClockState, ClockView, SlaView};

#[cfg(test)]
mod oracle;
