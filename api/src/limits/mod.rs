//! Rate limits: so many calls in any minute, counted in Redis by all API processes together. Where
//! Redis is away or slow, each process counts by itself: nobody waits for a count, and nobody is free of
//! limits. Which limit a call counts towards is said where its route is declared.

mod counter;
mod layer;
mod own;

pub(crate) use counter::refusal;
pub use counter::{Limits, Rule, Standing};
pub(crate) use layer::limit_rate;
