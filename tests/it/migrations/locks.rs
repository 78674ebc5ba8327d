//! No new migration holds a long lock. The release before it serves requests while it runs
//! (`migrations/README.md`), so a statement that reads or rewrites a big table under an exclusive
//! lock would stop them all. What is refused here has a form that does not; each rule names it.

use crate::layers::root;
use std::{collections::BTreeSet, fs};

/// Migrations that landed before this rule held. 32, 34 and 36 block writers while they run (`CHANGELOG.md` says which).
/// A new one is never added.
const EXEMPT: &[u32] = &[5, 7, 11, 12, 13, 16, 19, 32, 34, 36];

/// Tables with a bounded number of rows, which no lock of a migration holds for long.
const SMALL: &[&str] = &["processes", "queue_control", "schedules", "sla_policies"];

/// A statement in lower case, one space between words, without comments.
fn statements(sql: &str) -> Vec<String> {
    let lines: Vec<&str> = sql
        .lines()
        .map(|line| line.split("--").next().unwrap())
        .collect();
    let text = lines.join(" ");
    // The body of a function is one statement of it: its semicolons are inside of the quotes.
    let mut parts = vec![String::new()];
    for (at, part) in text.split("$$").enumerate() {
        if at % 2 == 1 {
            parts.last_mut().unwrap().push_str("body");
            continue;
        }
        let mut pieces = part.split(';');
        parts.last_mut().unwrap().push_str(pieces.next().unwrap());
        parts.extend(pieces.map(str::to_owned));
    }
    let words = |part: String| {
        let lower = part.to_lowercase();
        lower.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    parts
        .into_iter()
        .map(words)
        .filter(|text| !text.is_empty())
        .collect()
}

/// The word after the last of `before` in a statement, which names its table.
fn table_after<'s>(statement: &'s str, before: &str) -> Option<&'s str> {
    let rest = statement.split_once(before)?.1;
    let rest = rest.strip_prefix("if not exists ").unwrap_or(rest);
    let rest = rest.strip_prefix("if exists ").unwrap_or(rest);
    let rest = rest.strip_prefix("only ").unwrap_or(rest);
    rest.split([' ', '(', ',']).next()
}

fn created(statements: &[String]) -> BTreeSet<&str> {
    let tables = statements
        .iter()
        .filter(|statement| statement.starts_with("create "))
        .filter(|statement| !statement.starts_with("create index"))
        .filter_map(|statement| table_after(statement, " table "));
    tables.collect()
}

/// The table and the rule that a statement breaks: what it does, and the form that holds no long lock.
fn broken(statement: &str) -> Option<(&str, &'static str)> {
    let is_index =
        statement.starts_with("create index") || statement.starts_with("create unique index");
    if is_index && !statement.contains(" concurrently ") {
        return Some((
            table_after(statement, " on ")?,
            "create index without concurrently",
        ));
    }
    if let Some(rest) = statement.strip_prefix("update ") {
        return Some((
            rest.split(' ').next()?,
            "update of all rows in a migration: fill in batches, in a job or at the start",
        ));
    }
    if statement.starts_with("lock table") || statement.starts_with("vacuum full") {
        return Some((table_after(statement, " ")?, "a lock on the whole table"));
    }
    let table = table_after(statement.strip_prefix("alter ")?, "table ")?;
    alteration(statement).map(|rule| (table, rule))
}

/// The rule that an `alter table` breaks.
fn alteration(statement: &str) -> Option<&'static str> {
    let adds_constraint = statement.contains(" add constraint ")
        || [
            " add check",
            " add foreign key",
            " add unique",
            " add primary key",
        ]
        .iter()
        .any(|form| statement.contains(form));
    let is_deferred = statement.contains(" not valid") || statement.contains(" using index");
    if adds_constraint && !is_deferred {
        return Some("add constraint without not valid: validate it in the next migration");
    }
    if statement.contains(" type ") && statement.contains(" alter ") {
        return Some(
            "alter column type: add a column, fill it, remove the old one a release later",
        );
    }
    if statement.contains(" set not null") {
        return Some("set not null: add a check not valid, validate it, then set not null");
    }
    let adds_column = statement.contains(" add column ");
    let has_check = [" references ", " check (", " unique", " primary key"]
        .iter()
        .any(|form| statement.contains(form));
    if adds_column && has_check && !is_deferred {
        return Some("add column with a constraint: add the column, then the constraint not valid");
    }
    if adds_column && (statement.contains(" generated ") || statement.contains("serial")) {
        return Some("add column that rewrites the table: add it empty and fill it in batches");
    }
    None
}

/// What a migration does that holds a long lock: `table: rule`.
fn long_locks(sql: &str) -> Vec<String> {
    let statements = statements(sql);
    let new = created(&statements);
    statements
        .iter()
        .filter_map(|statement| broken(statement))
        .filter(|(table, _)| !new.contains(table) && !SMALL.contains(table))
        .map(|(table, rule)| format!("{table}: {rule}"))
        .collect()
}

#[test]
fn a_new_migration_holds_no_long_lock() {
    let mut seen = BTreeSet::new();
    for entry in fs::read_dir(root().join("migrations")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|kind| kind != "sql") {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let number: u32 = name[..4].parse().unwrap();
        let found = long_locks(&fs::read_to_string(&path).unwrap());
        if EXEMPT.contains(&number) {
            assert!(!found.is_empty(), "{name} needs no exemption");
            seen.insert(number);
        } else {
            assert!(found.is_empty(), "{name}: {}", found.join("; "));
        }
    }
    assert_eq!(seen.len(), EXEMPT.len(), "an exempt migration is missing");
}

#[test]
fn an_index_that_is_built_concurrently_stands_alone_without_a_transaction() {
    for entry in fs::read_dir(root().join("migrations")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|kind| kind != "sql") {
            continue;
        }
        let sql = fs::read_to_string(&path).unwrap();
        if sql.to_lowercase().contains(" concurrently ") {
            let name = path.display();
            assert!(sql.starts_with("-- no-transaction"), "{name}");
            // sqlx sends several statements as one, which PostgreSQL runs in a transaction.
            assert_eq!(statements(&sql).len(), 1, "{name} has other statements");
        }
    }
}

#[test]
fn statements_that_hold_long_locks_are_noticed() {
    for sql in [
        "create index by_age on tickets (age);",
        "create unique index by_age\n  on only tickets (age)",
        "alter table tickets add constraint c check (age > 0)",
        "alter table tickets add constraint c foreign key (a) references users (id)",
        "alter table tickets alter column age type bigint",
        "alter table tickets alter column age set not null",
        "alter table tickets add column a uuid references users (id)",
        "alter table tickets add column a text generated always as (subject) stored",
        "update tickets set age = 1",
        "-- a table of its own\ncreate table other (id bigint); update tickets set age = 1;",
    ] {
        assert_eq!(long_locks(sql).len(), 1, "{sql}");
    }
    for sql in [
        "create index concurrently by_age on tickets (age);",
        "create table pets (id bigint); create index by_id on pets (id);",
        "create unlogged table pets (id bigint); alter table pets alter column id type int;",
        "alter table tickets add column age bigint not null default 0",
        "alter table tickets add constraint c check (age > 0) not valid",
        "alter table tickets validate constraint c",
        "alter table queue_control alter column depth type bigint",
        "create function f() returns trigger language plpgsql as $$ begin update tickets set age = 1; end $$;",
        "-- create index by_age on tickets (age)",
    ] {
        assert_eq!(long_locks(sql), [""; 0], "{sql}");
    }
}
