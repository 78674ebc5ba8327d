//! Knots of modules: sets of modules that all reach each other, as `docs/graph` finds them. None of
//! them can be read or moved without the others. When one appears, move what both sides need below both.

use super::root;
use std::process::Command;

#[test]
fn the_modules_of_each_crate_depend_on_each_other_in_one_direction() {
    let graph = Command::new(root().join("docs/graph"))
        .arg("--knots")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&graph.stderr);
    assert!(graph.status.success(), "docs/graph failed: {errors}");
    let printed = String::from_utf8(graph.stdout).unwrap();
    let mut crates = 0;
    for line in printed.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let (name, knot) = (words[0], words[2..].join(", "));
        assert_eq!(words[1], "0", "{name} has a knot: {knot}");
        crates += 1;
    }
    assert!(crates > 8, "docs/graph printed {crates} crates");
}
