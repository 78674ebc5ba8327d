//! Trace contexts are read as the standard writes them, and any other text is refused.

use super::*;
use proptest::prelude::*;

#[test]
fn the_example_of_the_standard_is_read_and_written() {
    let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let trace = Trace::parse(text).unwrap();
    assert_eq!(trace.id(), "4bf92f3577b34da6a3ce929d0e0e4736");
    assert!(trace.sampled);
    assert_eq!(trace.to_string(), text);
    let later = "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-what";
    assert!(!Trace::parse(later).unwrap().sampled);
}

#[test]
fn what_is_no_traceparent_is_none() {
    for bad in [
        "",
        "00",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-600f067aa0ba902b7-01",
        "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ] {
        assert_eq!(Trace::parse(bad), None, "{bad}");
    }
}

proptest! {
    #[test]
    fn a_written_context_reads_as_itself(trace_id in 1..=u128::MAX, span_id in 1..=u64::MAX, sampled: bool) {
        let trace = Trace { trace_id, span_id, sampled };
        prop_assert_eq!(Trace::parse(&trace.to_string()), Some(trace));
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".*") {
        if let Some(trace) = Trace::parse(&text) {
            prop_assert!(trace.trace_id != 0 && trace.span_id != 0);
        }
    }
}
