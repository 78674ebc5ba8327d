//! Rate limits: a number of calls in any 60 seconds, counted in Redis by all API processes together. While
//! Redis is unavailable or slow each process counts on its own, so that no call waits for a count and none
//! is without a limit. The declaration of a route names the limit of its calls.

mod counter;
mod layer;
mod own;

pub(crate) use counter::refusal;
pub use counter::{Limits, Rule, Standing};
pub(crate) use layer::limit_rate;
