//! The reference page: the document as people read it. No script, nothing from elsewhere.

#![expect(
    clippy::indexing_slicing,
    reason = "of JSON: what is not there reads as null, and is made when it is written"
)]

use serde_json::Value;
use std::fmt::Write;

const STYLE: &str = "body{margin:0;color:#1f2937;font:16px/1.5 Helvetica,Arial,sans-serif;display:flex}\
    nav{position:sticky;top:0;height:100vh;overflow:auto;flex:0 0 300px;padding:24px;background:#f3f4f6;\
    box-sizing:border-box;font-size:14px}nav a{display:block;color:#1f2937;text-decoration:none;padding:2px 0}\
    nav h2{font-size:14px;margin:16px 0 4px}main{flex:1;min-width:0;padding:24px 40px;max-width:900px}\
    article{border-top:1px solid #e5e7eb;padding:16px 0}h3{margin:0}code,pre{font:14px/1.4 ui-monospace,monospace}\
    pre{background:#f3f4f6;padding:12px;border-radius:6px;overflow:auto}table{border-collapse:collapse;width:100%}\
    td,th{text-align:left;vertical-align:top;overflow-wrap:anywhere;padding:4px 12px 4px 0;border-bottom:1px solid #f3f4f6}\
    .verb{display:inline-block;min-width:52px;font-weight:bold;color:#1d4ed8}\
    @media(max-width:800px){body{display:block}nav{position:static;height:auto}main{padding:16px}}";

/// The page of a document.
#[must_use]
pub fn page(document: &Value) -> String {
    let mut operations: Vec<(&str, &str, &str, &Value)> = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let tag = operation["tags"][0].as_str().unwrap_or_default();
            operations.push((tag, path, method, operation));
        }
    }
    operations.sort_by_key(|(tag, path, ..)| (*tag, *path));
    let mut html = Html::default();
    html.raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>");
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
        article(&mut html, path, method, operation);
    }
    html.raw("<article id=\"schemas\"><h2>Schemas</h2>");
    for (name, schema) in document["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
    {
        html.raw(&format!(
            "<details id=\"schema-{0}\"><summary>{0}</summary>",
            escaped(name)
        ));
        html.json(schema);
        html.raw("</details>");
    }
    html.raw("</article></main></body></html>\n");
    html.0
}

fn article(html: &mut Html, path: &str, method: &str, operation: &Value) {
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
    let needs_token = operation["security"]
        .as_array()
        .is_some_and(|schemes| !schemes.is_empty());
    html.element(
        "p",
        if needs_token {
            "Needs a token: Authorization: Bearer …"
        } else {
            "Needs no token."
        },
    );
    parameters(html, operation);
    for (media, body) in operation["requestBody"]["content"]
        .as_object()
        .into_iter()
        .flatten()
    {
        html.element("p", &format!("Body, {media}; for example:"));
        html.json(&body["example"]);
        html.raw("<details><summary>Schema</summary>");
        html.json(&body["schema"]);
        html.raw("</details>");
    }
    html.raw("<table>");
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        html.raw("<tr><td>");
        html.text(status);
        html.raw("</td><td>");
        html.text(text(&response["description"]));
        for (media, content) in response["content"].as_object().into_iter().flatten() {
            if status.starts_with('2') && media == "application/json" {
                html.raw("<details><summary>Schema</summary>");
                html.json(&content["schema"]);
                html.raw("</details>");
            }
            let codes = content["schema"]["properties"]["code"]["enum"].as_array();
            for code in codes.into_iter().flatten() {
                html.raw(" ");
                html.element("code", text(code));
            }
        }
        html.raw("</td></tr>");
    }
    html.raw("</table></article>");
}

fn parameters(html: &mut Html, operation: &Value) {
    let parameters = operation["parameters"].as_array();
    if parameters.is_none_or(Vec::is_empty) {
        return;
    }
    html.raw("<table>");
    for parameter in parameters.into_iter().flatten() {
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

    /// A paragraph in which what stands between backticks is code.
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
