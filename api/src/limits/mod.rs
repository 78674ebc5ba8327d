//! Rate limits: a number of calls in any 60 seconds, counted in Redis by all API processes together. While
//! Redis is unavailable or slow each process counts on its own, so that no call waits for a count and none
//! is without a limit. The declaration of a route names the limit of its calls. The
//! middleware that counts them is [`crate::rate_limit`].

mod counter;
mod own;

pub(crate) use counter::refusal;
pub use counter::{Limits, Rule, Standing};
