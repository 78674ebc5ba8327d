//! `Idempotency-Key`: a repeated request gets the first response, and does nothing again. Every write (POST,
//! PUT, PATCH, DELETE) goes through [`Write::once`], except those under `/auth` and any other whose response
//! holds a secret, which must not be kept.
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
//! Only successes are kept. A refusal changed nothing, so that its key can be used for the corrected request.
//!
//! Races, and what each costs: two equal requests at once: the later one gets 409, whatever the outcome of
//! the first. A process that dies before the commit leaves neither work nor response; after it, both. A
//! client that hangs up has the same effect as a process that dies.

mod key;
mod once;
mod write;

pub(crate) use key::invalid_key;
#[cfg(test)]
pub(crate) use key::key;
pub use key::{Asker, IDEMPOTENCY_KEY, Idempotency, Sender};
pub use once::IDEMPOTENCY_REPLAYED;
pub(crate) use once::{in_progress, reused};
pub use write::Write;
