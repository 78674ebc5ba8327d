//! A call in TypeScript, for Node.js 20 or newer. Pure.

use super::{
    AnswerKind, Call, CallBody,
    call::encoded,
    literal::{TYPESCRIPT, literal},
};

/// The program, which is a module.
pub(super) fn code(call: &Call) -> String {
    let mut lines = Vec::new();
    let imports = imports(call);
    if !imports.is_empty() {
        lines.extend(imports);
        lines.push(String::new());
    }
    let variables = call.variables();
    if !variables.is_empty() {
        lines.push(format!(
            "const {{ {} }} = process.env;",
            variables.join(", ")
        ));
    }
    if let CallBody::File(field) = &call.body {
        lines.push("const form = new FormData();".to_owned());
        lines.push(format!(
            "form.append(\"{field}\", await openAsBlob(\"screenshot.png\"), \"screenshot.png\");"
        ));
    }
    let options = options(call);
    if options.is_empty() {
        lines.push(format!("const response = await fetch({});", url(call)));
    } else {
        lines.push(format!("const response = await fetch({}, {{", url(call)));
        lines.extend(options.into_iter().map(|option| format!("  {option},")));
        lines.push("});".to_owned());
    }
    lines.push(
        match call.answer {
            AnswerKind::Json => "console.log(response.status, await response.json());",
            AnswerKind::Text => "console.log(response.status, await response.text());",
            AnswerKind::File => {
                "await writeFile(\"download\", Buffer.from(await response.arrayBuffer()));"
            }
        }
        .to_owned(),
    );
    lines.join("\n")
}

fn imports(call: &Call) -> Vec<String> {
    let upload = matches!(call.body, CallBody::File(_));
    let download = call.answer == AnswerKind::File;
    [
        (upload, "import { openAsBlob } from \"node:fs\";"),
        (download, "import { writeFile } from \"node:fs/promises\";"),
    ]
    .into_iter()
    .filter(|(is_used, _)| *is_used)
    .map(|(_, import)| import.to_owned())
    .collect()
}

/// The options of `fetch`, each over one line or more.
fn options(call: &Call) -> Vec<String> {
    let mut options = Vec::new();
    if call.method != "GET" {
        options.push(format!("method: \"{}\"", call.method));
    }
    let token = call
        .sends_token
        .then_some("Authorization: `Bearer ${TOKEN}`");
    let kind =
        matches!(call.body, CallBody::Json(_)).then_some("\"Content-Type\": \"application/json\"");
    let headers: Vec<&str> = token.into_iter().chain(kind).collect();
    if !headers.is_empty() {
        options.push(format!("headers: {{ {} }}", headers.join(", ")));
    }
    match &call.body {
        CallBody::Nothing => {}
        CallBody::Json(body) => {
            options.push(format!(
                "body: JSON.stringify({})",
                literal(body, &TYPESCRIPT, 1)
            ));
        }
        CallBody::Form(pairs) => {
            let pairs: Vec<String> = pairs
                .iter()
                .map(|(name, value)| format!("{name}={}", encoded(value)))
                .collect();
            options.push(format!(
                "body: new URLSearchParams(\"{}\")",
                pairs.join("&")
            ));
        }
        CallBody::File(_) => options.push("body: form".to_owned()),
    }
    options
}

/// The URL as a template, or as a text where it has no variable.
fn url(call: &Call) -> String {
    let url = call.url(|name| format!("${{{name}}}"));
    if url.contains("${") {
        format!("`{url}`")
    } else {
        format!("\"{url}\"")
    }
}
