//! A call as a command of curl. Pure.

use super::{
    AnswerKind, Call, CallBody,
    call::encoded,
    literal::{JSON, literal},
};

/// The command, over several lines.
pub(super) fn code(call: &Call) -> String {
    let mut lines = vec![format!("curl \"{}\"", call.url(|name| format!("${name}")))];
    let implied = match call.body {
        CallBody::Nothing => "GET",
        CallBody::Json(_) | CallBody::Form(_) | CallBody::File(_) => "POST",
    };
    if call.method != implied {
        lines.push(format!("-X {}", call.method));
    }
    if call.sends_token {
        lines.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
    }
    match &call.body {
        CallBody::Nothing => {}
        CallBody::Json(body) => {
            lines.push("-H 'Content-Type: application/json'".to_owned());
            let body = literal(body, &JSON, 1);
            lines.push(format!("-d '{}'", body.replace('\'', r"'\''")));
        }
        CallBody::Form(pairs) => {
            let pairs = pairs
                .iter()
                .map(|(name, value)| format!("-d '{name}={}'", encoded(value)));
            lines.extend(pairs);
        }
        CallBody::File(field) => lines.push(format!("-F {field}=@screenshot.png")),
    }
    if call.answer == AnswerKind::File {
        lines.push("-o download".to_owned());
    }
    lines.join(" \\\n  ")
}
