//! The values that a reader returns, and the errors that it names.

use super::*;
use crate::{
    field_error::{Constraint, WordList},
    people::Availability,
};

fn reader(value: Value) -> ObjectReader {
    match value {
        Value::Object(fields) => ObjectReader::new(fields, Null::Absent),
        _ => panic!("not an object"),
    }
}

fn errors(reader: ObjectReader) -> Vec<(String, &'static str)> {
    let errors = reader.finish(Some(())).unwrap_err();
    errors
        .into_iter()
        .map(|error| (error.field, error.code))
        .collect()
}

fn pairs(expected: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    expected
        .iter()
        .map(|(field, code)| ((*field).to_owned(), *code))
        .collect()
}

#[test]
fn every_error_is_found_at_once_and_only_once() {
    let mut reader = reader(json!({
        "subject": 5, "tags": ["a", 1], "status": "asleep", "count": 1.5, "flag": "yes",
        "agent": "noreader", "extra": 1, "empty": "  ",
    }));
    reader.required("subject", 1..=200);
    reader.required("missing", 1..=200);
    reader.required("empty", 1..=200);
    reader.texts("tags");
    reader.required_word::<Availability>("status");
    reader.integer("count");
    reader.flag("flag");
    reader.id::<crate::ids::UserId>("agent");
    assert_eq!(
        errors(reader),
        pairs(&[
            ("subject", "wrong_type"),
            ("missing", "required"),
            ("empty", "too_short"),
            ("tags[1]", "wrong_type"),
            ("status", "unknown_value"),
            ("count", "wrong_type"),
            ("flag", "wrong_type"),
            ("agent", "invalid_id"),
            ("extra", "unknown_field"),
        ])
    );
}

#[test]
fn errors_of_inner_objects_have_their_whole_path() {
    let mut reader = reader(json!({
        "attachments": [{"url": 1}, 2, {"url": "https://x", "more": 1}],
        "info": {"level": {"at": "x"}},
    }));
    reader.objects("attachments", |item| item.required("url", 1..=10));
    reader.object("info", |info| {
        info.object("level", |level| level.integer("at"))
    });
    assert_eq!(
        errors(reader),
        pairs(&[
            ("attachments[0].url", "wrong_type"),
            ("attachments[1]", "wrong_type"),
            ("attachments[2].more", "unknown_field"),
            ("info.level.at", "wrong_type"),
        ])
    );
}

#[test]
fn entries_keep_their_places_whatever_stands_before_them() {
    let mut reader = reader(json!({
        "tags": [5, "a", null], "files": [{"url": "b"}, 2, {"url": 3}, {"url": "c"}],
        "shares": [1.5, 3],
    }));
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(reader.texts("tags"), Some(vec![None, text("a"), None]));
    assert_eq!(
        reader.objects("files", |file| file.text("url")),
        Some(vec![text("b"), None, None, text("c")])
    );
    assert_eq!(
        reader.one_or_several("shares", || json!({})),
        Some(OneOrSeveral::Several(vec![None, Some(3)]))
    );
    assert_eq!(
        errors(reader),
        pairs(&[
            ("tags[0]", "wrong_type"),
            ("tags[2]", "wrong_type"),
            ("files[1]", "wrong_type"),
            ("files[2].url", "wrong_type"),
            ("shares[0]", "wrong_type"),
        ])
    );
}

#[test]
fn null_is_absence_and_what_is_right_is_read() {
    let mut reader = reader(json!({
        "a": null, "b": "x", "c": 3, "g": 57.0, "h": -1e3, "d": true, "e": ["y"], "f": {"g": "z"},
    }));
    assert_eq!(reader.optional("a", 1..=5), None);
    assert_eq!(reader.required("b", 1..=5).as_deref(), Some("x"));
    assert_eq!(reader.integer("c"), Some(3));
    assert_eq!(reader.integer("g"), Some(57));
    assert_eq!(reader.integer("h"), Some(-1_000));
    assert_eq!(reader.flag("d"), Some(true));
    assert_eq!(reader.texts("e"), Some(vec![Some("y".to_owned())]));
    assert_eq!(
        reader.object("f", |f| f.text("g")),
        Some(Some("z".to_owned()))
    );
    assert!(reader.finish(Some(())).is_ok());
}

#[test]
fn in_a_merge_patch_null_clears_what_can_be_cleared_and_is_an_error_elsewhere() {
    let Value::Object(fields) = json!({
        "a": null, "b": null, "c": {"d": null, "e": null}, "list": [{"f": null}], "g": null,
    }) else {
        panic!("not an object")
    };
    let mut reader = ObjectReader::new(fields, Null::MergePatch);
    assert!(reader.clears("a") && !reader.clears("absent"));
    assert_eq!(reader.text("a"), None);
    assert_eq!(reader.text("b"), None);
    reader.object("c", |c| {
        assert!(c.clears("d"));
        c.integer("e");
    });
    reader.objects("list", |entry| entry.text("f"));
    reader.ignore("g");
    assert_eq!(
        errors(reader),
        pairs(&[("b", "not_nullable"), ("c.e", "not_nullable")])
    );
}

/// A field that is defined at run time, as an admin would do it.
struct Definition {
    name: String,
    kind: Kind,
}

enum Kind {
    Text(usize),
    Number(i64, i64),
    Choice(Vec<String>),
}

fn definitions(of_customer: &str) -> Vec<Definition> {
    let field = |name: &str, kind| Definition {
        name: format!("{of_customer}.{name}").replace('.', "_"),
        kind,
    };
    vec![
        field("serial", Kind::Text(10)),
        field("floor", Kind::Number(-2, 40)),
        field("model", Kind::Choice(vec!["X1".into(), "X2".into()])),
    ]
}

fn read_defined(reader: &mut ObjectReader, fields: &[Definition]) -> Map<String, Value> {
    let mut values = Map::new();
    for Definition { name, kind } in fields {
        let value = match kind {
            Kind::Text(most) => reader.required(name, 1..=*most).map(Value::from),
            Kind::Number(least, most) => reader.number(name, *least..=*most).map(Value::from),
            Kind::Choice(words) => {
                let chosen = reader.sent(name.clone());
                let errors = reader.errors();
                errors.ask(
                    &chosen.name,
                    Constraint::Word(WordList {
                        name: "Choice".into(),
                        about: "A choice.".into(),
                        words: words.iter().cloned().map(Into::into).collect(),
                        names: None,
                    }),
                );
                if chosen
                    .text()
                    .is_some_and(|word| !words.iter().any(|known| known == word))
                {
                    errors.add(&*chosen.name, "unknown_value", "must be a known word");
                }
                chosen.value.map(Value::from)
            }
        };
        values.extend(value.map(|value| (name.clone(), value)));
    }
    values
}

#[test]
fn fields_that_are_defined_at_run_time_are_read_and_described() {
    let fields = definitions("acme");
    let sent = json!({"acme_serial": "A-1", "acme_floor": 3, "acme_model": "X2"});
    let mut good = reader(sent.clone());
    assert_eq!(Value::from(read_defined(&mut good, &fields)), sent);
    assert_eq!(good.into_errors(), []);
    let mut bad = reader(json!({"acme_floor": 41, "acme_model": "X3", "serial": "A-1"}));
    read_defined(&mut bad, &fields);
    assert_eq!(
        errors(bad),
        pairs(&[
            ("acme_serial", "required"),
            ("acme_floor", "out_of_range"),
            ("acme_model", "unknown_value"),
            ("serial", "unknown_field"),
        ])
    );
    let schema = ObjectReader::describe(|reader| read_defined(reader, &fields));
    assert_eq!(schema["required"], json!(["acme_serial"]));
    let properties = &schema["properties"];
    assert_eq!(properties["acme_serial"]["maxLength"], 10);
    assert_eq!(properties["acme_floor"]["maximum"], 40);
    assert_eq!(properties["acme_model"]["enum"], json!(["X1", "X2"]));
}

#[test]
fn checks_that_come_last_come_after_the_kinds_of_all_fields_and_entries() {
    let mut reader = reader(json!({
        "a": "", "list": [{"b": ""}, {"b": 1}, {"b": "x", "c": 1}], "d": 1, "e": 1,
    }));
    reader.checks_last();
    reader.required("a", 1..=5);
    reader.objects_at_most("list", 2, |entry| {
        entry.checks_last();
        entry.required("b", 1..=5)
    });
    reader.required("d", 1..=5);
    assert_eq!(
        errors(reader),
        pairs(&[
            ("list[1].b", "wrong_type"),
            ("list[2].c", "unknown_field"),
            ("d", "wrong_type"),
            ("a", "too_short"),
            ("list", "too_many"),
            ("list[0].b", "too_short"),
            ("e", "unknown_field"),
        ])
    );
}
