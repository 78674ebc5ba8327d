//! The frame of the pages of mailed links. Nothing is loaded from other sites, and no script runs but the one that a page
//! names, by its hash. Every page works without it.

use axum::{
    http::{HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use platform::config::Brand;
use sha2::{Digest, Sha256};

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

/// What stands in the frame.
#[derive(Debug, Clone, Copy)]
pub struct Framed<'a> {
    /// The language.
    pub tag: &'a str,
    /// HTML.
    pub title: &'a str,
    /// HTML.
    pub content: &'a str,
    /// The script of the page, which has to work without it; empty for none.
    pub script: &'static str,
}

/// A page with that status.
#[must_use]
pub fn framed(brand: &Brand, status: StatusCode, page: &Framed<'_>) -> Response {
    let Framed {
        tag,
        title,
        content,
        script,
    } = page;
    let style = format!(
        ":root{{--accent:{};--on-accent:{}}}{STYLE}",
        brand.color,
        brand.color.text_on_it()
    );
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let (script, allowed) = match *script {
        "" => (String::new(), String::new()),
        script => (
            format!("<script>{script}</script>\n"),
            format!("script-src {}; ", hash(script)),
        ),
    };
    let html = format!(
        "<!doctype html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n{head}\n<h1>{title}</h1>\n\
         {content}\n</main>\n{script}</body>\n</html>\n",
        head = head(brand),
    );
    // The hashes allow this one style and script: text that got into the page unescaped could not bring its own.
    let policy = format!(
        "default-src 'none'; img-src data:; style-src {}; {allowed}form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        hash(&style)
    );
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy.as_str()),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ];
    (status, headers, Html(html)).into_response()
}

/// The logo, or the name.
fn head(brand: &Brand) -> String {
    let name = escaped(&brand.name);
    match &brand.logo {
        Some(logo) => format!(
            "<p class=\"brand\"><img src=\"data:{};base64,{}\" alt=\"{name}\" height=\"40\"></p>",
            logo.media_type,
            STANDARD.encode(&logo.bytes)
        ),
        None => format!("<p class=\"brand\">{name}</p>"),
    }
}

const STYLE: &str = include_str!("page.css");
