//! Rate limits: so many calls in any minute, counted in Redis by all API processes together. Where
//! Redis is away or slow, everybody is let through: a limit is a courtesy to the system, and must not
//! become what takes it down. Which limit a call counts towards is said where its route is declared.

mod counter;
mod layer;

pub(crate) use counter::refusal;
pub use counter::{Limits, Rule, Standing};
pub(crate) use layer::around;
