//! The reference page: the document as HTML, without scripts and without resources of other sites.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON: an absent field reads as null, and is created when it is written"
)]

use serde_json::{Value, json};
use std::fmt::Write;

const STYLE: &str = "body{margin:0;color:#1f2937;font:16px/1.5 Helvetica,Arial,sans-serif;display:flex}\
    nav{position:sticky;top:0;height:100vh;overflow:auto;flex:0 0 300px;padding:24px;background:#f3f4f6;\
    box-sizing:border-box;font-size:14px}nav a{display:block;color:#1f2937;text-decoration:none;padding:2px 0}\
    nav h2{font-size:14px;margin:16px 0 4px}main{flex:1;min-width:0;padding:24px 40px;max-width:900px}\
    article{border-top:1px solid #e5e7eb;padding:16px 0}h3{margin:0}code,pre{font:14px/1.4 ui-monospace,monospace}\
    pre{background:#f3f4f6;padding:12px;border-radius:6px;overflow:auto}table{border-collapse:collapse;width:100%}\
    td,th{text-align:left;vertical-align:top;padding:4px 12px 4px 0;border-bottom:1px solid #f3f4f6}\
    td:last-child{overflow-wrap:anywhere}td:first-child{width:1%;white-space:nowrap}td:nth-child(2):not(:last-child){width:1%;white-space:nowrap}\
    summary{cursor:pointer}.verb{display:inline-block;min-width:52px;font-weight:bold;color:#1d4ed8}\
    @media(max-width:800px){body{display:block}nav{position:static;height:auto}main{padding:16px}}";

/// The page of an OpenAPI document.
#[must_use]
pub fn page(document: &Value) -> String {
    let mut operations: Vec<(&str, &str, &str, &Value)> = Vec::new();
    for (path, item) in entries(&document["paths"]) {
        for (method, operation) in entries(item) {
            let tag = operation["tags"][0].as_str().unwrap_or_default();
            operations.push((tag, path, method, operation));
        }
    }
    let mut html = Html::default();
    html.raw(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>",
    );
    html.text(text(&document["info"]["title"]));
    html.raw(&format!("</title><style>{STYLE}</style></head><body><nav>"));
    let mut last = "";
    for (tag, path, method, operation) in &operations {
        if *tag != last {
            html.element("h2", tag);
            last = tag;
        }
        html.raw(&format!(
            "<a href=\"#{}\"><span class=\"verb\">{}</span> ",
            escaped(text(&operation["operationId"])),
            method.to_ascii_uppercase()
        ));
        html.text(path.trim_start_matches("/api/v1"));
        html.raw("</a>");
    }
    html.raw("</nav><main>");
    html.element("h1", text(&document["info"]["title"]));
    for paragraph in text(&document["info"]["description"]).split("\n\n") {
        html.paragraph(paragraph);
    }
    html.raw(
        "<p>As a document for programs: <a href=\"/api/v1/openapi.json\">openapi.json</a>.</p>",
    );
    for (_, path, method, operation) in &operations {
        article(&mut html, document, path, method, operation);
        responses(&mut html, document, operation);
        html.raw("</article>");
    }
    html.raw("<article id=\"problems\"><h2>Problems</h2>");
    let examples = entries(&document["components"]["examples"]);
    for (code, example) in examples.filter(|(_, example)| example["value"]["success"] == false) {
        html.raw(&format!("<div id=\"problem-{}\">", escaped(code)));
        html.folded(code, &example["value"]);
        html.raw("</div>");
    }
    html.raw("</article><article id=\"schemas\"><h2>Schemas</h2>");
    for (name, schema) in entries(&document["components"]["schemas"]) {
        html.folded(name, schema);
    }
    html.raw("</article></main></body></html>\n");
    html.0
}

/// The part of the document that a reference names; the value itself if it is none.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let place = value["$ref"].as_str();
    let place = place.and_then(|place| document.pointer(place.trim_start_matches('#')));
    place.unwrap_or(value)
}

fn article(html: &mut Html, document: &Value, path: &str, method: &str, operation: &Value) {
    html.raw(&format!(
        "<article id=\"{}\">",
        escaped(text(&operation["operationId"]))
    ));
    html.element("h3", text(&operation["summary"]));
    html.raw(&format!(
        "<p><code><span class=\"verb\">{}</span> ",
        method.to_ascii_uppercase()
    ));
    html.text(path);
    html.raw("</code></p>");
    if let Some(about) = operation["description"].as_str() {
        html.paragraph(about);
    }
    html.element("p", token(&operation["security"]));
    parameters(html, document, operation);
    for (media, body) in entries(&operation["requestBody"]["content"]) {
        html.element("p", &format!("Body, {media}; for example:"));
        html.json(&resolved(document, &body["schema"])["examples"][0]);
        html.folded("Schema", resolved(document, &body["schema"]));
    }
}

/// The text about the token, by the security requirements: the empty requirement is a call without one.
fn token(security: &Value) -> &'static str {
    let any = security.as_array().map(Vec::as_slice).unwrap_or_default();
    if any.is_empty() {
        "Needs no token."
    } else if any.contains(&json!({})) {
        "Uses a token, if one is sent: Authorization: Bearer …"
    } else {
        "Needs a token: Authorization: Bearer …"
    }
}

/// Every status with its headers and examples, and the schema of the success.
fn responses(html: &mut Html, document: &Value, operation: &Value) {
    html.raw("<p>Responses:</p><table>");
    for (status, response) in entries(&operation["responses"]) {
        let response = resolved(document, response);
        html.raw("<tr><td>");
        html.text(status);
        html.raw("</td><td>");
        html.text(text(&response["description"]));
        // The headers of every response are described at the top of the page.
        let own = entries(&response["headers"]).filter(|(_, header)| header.get("$ref").is_none());
        for (name, _) in own {
            html.raw(" <code>");
            html.text(name);
            html.raw("</code>");
        }
        for (media, content) in entries(&response["content"]) {
            let shared = entries(&content["examples"]).map(|(_, example)| example);
            let shared = shared.map(|example| &resolved(document, example)["value"]);
            if media == "application/json" {
                for example in content.get("example").into_iter().chain(shared) {
                    html.folded("Example", example);
                }
                html.folded("Schema", resolved(document, &content["schema"]));
            }
        }

        html.raw("</td></tr>");
    }
    html.raw("</table>");
    let codes = operation["x-error-codes"].as_array();
    for code in codes.into_iter().flatten().map(text) {
        match document["components"]["examples"].get(code) {
            Some(_) => html.link(&format!("problem-{code}"), code),
            None => html.element("code", code),
        }
    }
    let links: Vec<_> = entries(&operation["responses"])
        .flat_map(|(_, response)| entries(&response["links"]))
        .collect();
    if !links.is_empty() {
        html.raw("<p>Leads to");
        for (name, _) in links {
            html.link(name, name);
        }
        html.raw("</p>");
    }
}

/// The fields of an object; none of anything else.
fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn parameters(html: &mut Html, document: &Value, operation: &Value) {
    let parameters = operation["parameters"].as_array();
    if parameters.is_none_or(Vec::is_empty) {
        return;
    }
    html.raw("<table>");
    for parameter in parameters.into_iter().flatten() {
        let parameter = resolved(document, parameter);
        html.raw("<tr><td><code>");
        html.text(text(&parameter["name"]));
        html.raw("</code></td><td>");
        html.text(text(&parameter["in"]));
        html.raw("</td><td>");
        html.text(text(&parameter["description"]));
        html.raw(" <code>");
        html.text(&parameter["schema"].to_string());
        html.raw("</code></td></tr>");
    }
    html.raw("</table>");
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// HTML that is being written.
#[derive(Default)]
struct Html(String);

impl Html {
    fn raw(&mut self, html: &str) {
        self.0.push_str(html);
    }

    fn text(&mut self, text: &str) {
        self.0.push_str(&escaped(text));
    }

    fn element(&mut self, name: &str, text: &str) {
        self.raw(&format!("<{name}>{}</{name}>", escaped(text)));
    }

    /// A paragraph. Text between backticks is code.
    fn paragraph(&mut self, text: &str) {
        self.raw("<p>");
        for (at, part) in text.split('`').enumerate() {
            if at % 2 == 1 {
                self.element("code", part);
            } else {
                self.text(part);
            }
        }
        self.raw("</p>");
    }

    /// A link within the page.
    fn link(&mut self, target: &str, text: &str) {
        let (target, text) = (escaped(target), escaped(text));
        self.raw(&format!(" <a href=\"#{target}\">{text}</a>"));
    }

    /// JSON in a section that the reader unfolds.
    fn folded(&mut self, summary: &str, value: &Value) {
        self.raw("<details>");
        self.element("summary", summary);
        self.json(value);
        self.raw("</details>");
    }

    fn json(&mut self, value: &Value) {
        let pretty = serde_json::to_string_pretty(value).unwrap_or_default();
        self.element("pre", &pretty);
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        let written = match character {
            '&' => escaped.write_str("&amp;"),
            '<' => escaped.write_str("&lt;"),
            '>' => escaped.write_str("&gt;"),
            '"' => escaped.write_str("&quot;"),
            other => escaped.write_char(other),
        };
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
    }
    escaped
}
