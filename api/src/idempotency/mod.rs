//! `Idempotency-Key`: a request that is sent again gets the answer that it got first, and does
//! nothing again. Every write (POST, PUT, PATCH, DELETE) goes through [`Write::once`] but those under
//! `/auth`, and any whose answer holds a secret: those must not be kept.
//!
//! ```text
//! write.once(&cx, actor, |work, payload| async move {
//!     let mut body = payload.object()?;
//!     let new = self::body(&mut body);
//!     let thing = actions::create(work, body.finish(new)?).await?;
//!     Ok(Answer::of("thing", view(thing)))
//! }.boxed()).await
//! ```
//!
//! Only successes are kept: a refusal changed nothing, so that the same key may be used for the
//! corrected request. Races, and what each costs: two equal requests at once: the later one is told
//! that the first is running (409), whatever comes of it; a process that dies before the commit:
//! neither work nor answer, after it: both; a caller that hangs up: as if it had died.

mod key;
mod once;
mod write;

pub(crate) use key::invalid_key;
#[cfg(test)]
pub(crate) use key::key;
pub use key::{Asker, IDEMPOTENCY_KEY, Idempotency};
pub use once::IDEMPOTENCY_REPLAYED;
pub(crate) use once::{in_progress, reused};
pub use write::Write;
