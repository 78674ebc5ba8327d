//! The context of a trace, as it is transmitted: W3C Trace Context, level 1, `traceparent`. Pure.

use std::fmt;

/// A position in a trace: the parent of the spans that follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    /// The id of the trace; not zero.
    pub trace_id: u128,
    /// The id of the span; not zero.
    pub span_id: u64,
    /// Whether the caller samples the trace.
    pub sampled: bool,
}

/// The length of a `traceparent` of version 00.
const LENGTH: usize = 55;

impl Trace {
    /// Parses a `traceparent`. A later version counts by its first four fields, as the standard
    /// asks. `None`: not a `traceparent`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut fields = text.split('-');
        let version = number(fields.next()?, 2)?;
        let trace_id = number(fields.next()?, 32)?;
        let span_id = number(fields.next()?, 16)?;
        let flags = number(fields.next()?, 2)?;
        let fits = match version {
            0 => text.len() == LENGTH,
            0xff => false,
            _ => true,
        };
        let span_id = u64::try_from(span_id).ok()?;
        (fits && trace_id != 0 && span_id != 0).then_some(Self {
            trace_id,
            span_id,
            sampled: flags & 1 == 1,
        })
    }

    /// The trace id in hexadecimal.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{:032x}", self.trace_id)
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags = u8::from(self.sampled);
        write!(
            f,
            "00-{:032x}-{:016x}-{flags:02x}",
            self.trace_id, self.span_id
        )
    }
}

/// Parses a number of exactly `digits` lower-case hexadecimal digits.
fn number(text: &str, digits: usize) -> Option<u128> {
    let small = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let fits = text.len() == digits && text.bytes().all(small);
    fits.then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

#[cfg(test)]
mod tests;
