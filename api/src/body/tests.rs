//! What a body that is read gives, and which faults it names.

use super::*;
use domain::people::Availability;

fn body(value: Value) -> Body {
    match value {
        Value::Object(fields) => Body::new(fields, Null::Absent),
        _ => panic!("not an object"),
    }
}

fn faults(body: Body) -> Vec<(String, &'static str)> {
    let faults = body.check(Some(())).unwrap_err();
    faults
        .into_iter()
        .map(|field_error| (field_error.field, field_error.code))
        .collect()
}

fn pairs(expected: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    expected
        .iter()
        .map(|(field, code)| ((*field).to_owned(), *code))
        .collect()
}

#[test]
fn every_fault_is_found_at_once_and_only_once() {
    let mut body = body(json!({
        "subject": 5, "tags": ["a", 1], "status": "asleep", "count": 1.5, "flag": "yes",
        "agent": "nobody", "extra": 1, "empty": "  ",
    }));
    body.required("subject", 1..=200);
    body.required("missing", 1..=200);
    body.required("empty", 1..=200);
    body.texts("tags");
    body.required_word::<Availability>("status");
    body.integer("count");
    body.flag("flag");
    body.id::<domain::ids::UserId>("agent");
    assert_eq!(
        faults(body),
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
fn faults_of_inner_objects_have_their_whole_path() {
    let mut body = body(json!({
        "attachments": [{"url": 1}, 2, {"url": "https://x", "more": 1}],
        "info": {"level": {"at": "x"}},
    }));
    body.objects("attachments", |item| item.required("url", 1..=10));
    body.object("info", |info| {
        info.object("level", |level| level.integer("at"))
    });
    assert_eq!(
        faults(body),
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
    let mut body = body(json!({
        "tags": [5, "a", null], "files": [{"url": "b"}, 2, {"url": 3}, {"url": "c"}],
        "shares": [1.5, 3],
    }));
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(body.texts("tags"), Some(vec![None, text("a"), None]));
    assert_eq!(
        body.objects("files", |file| file.text("url")),
        Some(vec![text("b"), None, None, text("c")])
    );
    assert_eq!(
        body.one_or_several("shares", &(1..=99), 10),
        Some(OneOrSeveral::Several(vec![None, Some(3)]))
    );
    assert_eq!(
        faults(body),
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
    let mut body = body(json!({
        "a": null, "b": "x", "c": 3, "g": 57.0, "h": -1e3, "d": true, "e": ["y"], "f": {"g": "z"},
    }));
    assert_eq!(body.optional("a", 1..=5), None);
    assert_eq!(body.required("b", 1..=5).as_deref(), Some("x"));
    assert_eq!(body.integer("c"), Some(3));
    assert_eq!(body.integer("g"), Some(57));
    assert_eq!(body.integer("h"), Some(-1_000));
    assert_eq!(body.flag("d"), Some(true));
    assert_eq!(body.texts("e"), Some(vec![Some("y".to_owned())]));
    assert_eq!(
        body.object("f", |f| f.text("g")),
        Some(Some("z".to_owned()))
    );
    assert!(body.finish(Some(())).is_ok());
}

#[test]
fn in_a_merge_patch_null_clears_what_can_be_cleared_and_is_a_fault_elsewhere() {
    let Value::Object(fields) = json!({
        "a": null, "b": null, "c": {"d": null, "e": null}, "list": [{"f": null}], "g": null,
    }) else {
        panic!("not an object")
    };
    let mut body = Body::new(fields, Null::MergePatch);
    assert!(body.clears("a") && !body.clears("absent"));
    assert_eq!(body.text("a"), None);
    assert_eq!(body.text("b"), None);
    body.object("c", |c| {
        assert!(c.clears("d"));
        c.integer("e");
    });
    body.objects("list", |entry| entry.text("f"));
    body.ignore("g");
    assert_eq!(
        faults(body),
        pairs(&[("b", "not_nullable"), ("c.e", "not_nullable")])
    );
}
