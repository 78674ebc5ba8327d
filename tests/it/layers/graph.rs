//! Knots of modules: sets of modules that all reach each other, as `docs/graph` finds them. None of
//! them can be read or moved without the others, so none may grow.

use super::root;
use std::{collections::BTreeMap, process::Command};

/// The most modules that a knot of each crate may have; crates without an entry may have no knot.
/// Lower a number when a knot gets smaller. Never raise one: move what both sides need below both.
const LARGEST_KNOTS: &[(&str, usize)] = &[("actions", 7), ("api", 4), ("domain", 6), ("worker", 2)];

#[test]
fn no_knot_of_modules_is_larger_than_it_was() {
    let graph = Command::new(root().join("docs/graph"))
        .arg("--knots")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&graph.stderr);
    assert!(graph.status.success(), "docs/graph failed: {errors}");
    let allowed: BTreeMap<&str, usize> = LARGEST_KNOTS.iter().copied().collect();
    let printed = String::from_utf8(graph.stdout).unwrap();
    let mut crates = 0;
    for line in printed.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let (name, size) = (words[0], words[1].parse::<usize>().unwrap());
        let most = allowed.get(name).copied().unwrap_or(0);
        assert!(
            size <= most,
            "{name} has a knot of {size} modules, {most} are allowed: {}",
            words[2..].join(", ")
        );
        crates += 1;
    }
    assert!(crates > 8, "docs/graph printed {crates} crates");
}
