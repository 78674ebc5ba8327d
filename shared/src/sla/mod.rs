//! Service levels: policies, clocks and deadlines.

pub mod actions;
mod clocks;
mod metric;
mod new_policy;
mod overdue;
mod policy;
pub(crate) mod store;
mod timer;
mod view;
mod working_time;

pub use clocks::Clocks;
pub use metric::Metric;
pub use new_policy::{NewPolicy, NewPolicyRule};
pub use overdue::{Overdue, OverdueKind};
pub use policy::{Policy, PolicyRule, default_rules, first_match};
pub use timer::SlaClock;
pub use view::{ClockState, ClockView, SlaView};
