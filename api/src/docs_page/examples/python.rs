//! A call in Python, with its standard library only. Pure.

use super::{
    AnswerKind, Call, CallBody,
    call::encoded,
    literal::{PYTHON, literal},
};
use std::fmt::Write;

/// The program.
pub(super) fn code(call: &Call) -> String {
    let mut code = imports(call);
    let variables = call.variables();
    for name in &variables {
        line(&mut code, &format!("{name} = os.environ[\"{name}\"]"));
    }
    if !variables.is_empty() {
        code.push('\n');
    }
    if let CallBody::File(field) = &call.body {
        code.push_str(&form(field));
    }
    line(&mut code, "request = Request(");
    line(&mut code, &format!("    {},", url(call)));
    line(&mut code, &format!("    method=\"{}\",", call.method));
    let headers = headers(call);
    if !headers.is_empty() {
        line(
            &mut code,
            &format!("    headers={{{}}},", headers.join(", ")),
        );
    }
    match &call.body {
        CallBody::Nothing => {}
        CallBody::Json(body) => {
            line(
                &mut code,
                &format!(
                    "    data=json.dumps({}).encode(),",
                    literal(body, &PYTHON, 1)
                ),
            );
        }
        CallBody::Form(pairs) => {
            let pairs: Vec<String> = pairs
                .iter()
                .map(|(name, value)| format!("{name}={}", encoded(value)))
                .collect();
            line(&mut code, &format!("    data=b\"{}\",", pairs.join("&")));
        }
        CallBody::File(_) => line(&mut code, "    data=form,"),
    }
    line(&mut code, ")");
    line(&mut code, "with urlopen(request) as response:");
    code.push_str(match call.answer {
        AnswerKind::Json => "    print(json.load(response))",
        AnswerKind::Text => "    print(response.read().decode())",
        AnswerKind::File => "    open(\"download\", \"wb\").write(response.read())",
    });
    code
}

fn imports(call: &Call) -> String {
    let is_json = call.answer == AnswerKind::Json || matches!(call.body, CallBody::Json(_));
    let modules: Vec<&str> = [(is_json, "json"), (!call.variables().is_empty(), "os")]
        .into_iter()
        .filter_map(|(is_used, module)| is_used.then_some(module))
        .collect();
    let first = if modules.is_empty() {
        String::new()
    } else {
        format!("import {}\n", modules.join(", "))
    };
    format!("{first}from urllib.request import Request, urlopen\n\n")
}

/// The bytes of a form with a file, which the standard library does not build.
fn form(field: &str) -> String {
    let head = format!(
        r#"b'--edge\r\nContent-Disposition: form-data; name="{field}"; filename="screenshot.png"\r\n\r\n'"#
    );
    format!(
        "with open(\"screenshot.png\", \"rb\") as file:\n    form = {head}\n    form += file.read() + b'\\r\\n--edge--\\r\\n'\n\n"
    )
}

fn headers(call: &Call) -> Vec<String> {
    let token = call
        .sends_token
        .then(|| "\"Authorization\": f\"Bearer {TOKEN}\"".to_owned());
    let kind = match call.body {
        CallBody::Json(_) => Some("\"Content-Type\": \"application/json\"".to_owned()),
        CallBody::File(_) => {
            Some("\"Content-Type\": \"multipart/form-data; boundary=edge\"".to_owned())
        }
        // The standard library adds the type of a form.
        CallBody::Form(_) | CallBody::Nothing => None,
    };
    token.into_iter().chain(kind).collect()
}

/// The URL as a text, which is formatted where it has variables.
fn url(call: &Call) -> String {
    let url = call.url(|name| format!("{{{name}}}"));
    let is_formatted = if url.contains('{') { "f" } else { "" };
    format!("{is_formatted}\"{url}\"")
}

fn line(code: &mut String, line: &str) {
    let written = writeln!(code, "{line}");
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}
