//! The frame of the pages of mailed links. No script runs on them, and nothing is loaded from other sites.

use axum::{
    http::{HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

/// Text escaped for HTML, within an element or a quoted attribute.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

/// A page with that status: `tag` is the language, `content` is HTML.
#[must_use]
pub fn framed(status: StatusCode, tag: &str, title: &str, content: &str) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
         {content}\n</main>\n</body>\n</html>\n",
    );
    let headers = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ];
    (status, headers, Html(html)).into_response()
}

const STYLE: &str = "body{margin:0;padding:24px 12px;background:#f3f4f6;color:#1f2937;\
    font:16px/1.5 Helvetica,Arial,sans-serif}\
    main{max-width:520px;margin:0 auto;padding:24px;background:#fff;border-radius:8px}\
    h1{margin:0 0 16px;font-size:22px}fieldset{border:0;margin:0 0 16px;padding:0}\
    .stars{display:flex;gap:8px;margin-top:8px}.stars label{flex:1;text-align:center;\
    padding:10px 0;border:1px solid #d1d5db;border-radius:6px;cursor:pointer}\
    textarea{box-sizing:border-box;width:100%;height:96px;padding:8px;font:inherit;\
    border:1px solid #d1d5db;border-radius:6px}\
    input[type=password]{display:block;box-sizing:border-box;width:100%;padding:8px;font:inherit;\
    border:1px solid #d1d5db;border-radius:6px}\
    .wrong{margin:8px 0;color:#b91c1c;font-weight:bold}\
    button{margin-top:16px;padding:10px 20px;border:0;border-radius:6px;background:#1d4ed8;\
    color:#fff;font:inherit;cursor:pointer}";
