//! Markdown as HTML: the guide, and the descriptions of the document. HTML in a text is shown, not obeyed. Pure.

use super::highlight::highlight;
use crate::problems;
use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// A heading of a text.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct Heading {
    /// The fragment of its place.
    pub id: String,
    pub title: String,
}

/// A text as HTML, and its headings.
pub(super) fn block(text: &str) -> (String, Vec<Heading>) {
    let mut headings = Vec::new();
    let events: Vec<Event<'_>> = Parser::new_ext(text, Options::ENABLE_TABLES).collect();
    let mut written = Vec::with_capacity(events.len());
    let mut rest = events.into_iter().peekable();
    while let Some(event) = rest.next() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let inner: Vec<Event<'_>> = rest
                    .by_ref()
                    .take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))))
                    .collect();
                let title = plain(&inner);
                let id = slug(&title);
                written.push(Event::Html(format!("<{level} id=\"{id}\">").into()));
                written.extend(inner.into_iter().map(linked));
                written.push(Event::Html(format!("{}</{level}>\n", anchor(&id)).into()));
                headings.push(Heading { id, title });
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                let code = rest
                    .by_ref()
                    .take_while(|event| !matches!(event, Event::End(TagEnd::CodeBlock)));
                written.push(Event::Html(
                    code_block(&kind, &plain(&code.collect::<Vec<_>>())).into(),
                ));
            }
            Event::Start(Tag::Table(_)) => {
                written.push(Event::Html(
                    "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"Table\">"
                        .into(),
                ));
                written.push(event);
            }
            Event::End(TagEnd::Table) => {
                written.push(event);
                written.push(Event::Html("</div>".into()));
            }
            other => written.push(linked(other)),
        }
    }
    let mut out = String::new();
    html::push_html(&mut out, written.into_iter());
    (out, headings)
}

/// A description as HTML; one paragraph stands without `<p>`.
pub(super) fn inline(text: &str) -> String {
    let (html, _) = block(text);
    let html = html.trim();
    let only = html
        .strip_prefix("<p>")
        .and_then(|rest| rest.strip_suffix("</p>"));
    match only {
        Some(only) if !only.contains("<p>") => only.to_owned(),
        _ => html.to_owned(),
    }
}

/// The fragment of a heading, as repositories on the web make it.
pub(super) fn slug(title: &str) -> String {
    let kept = title
        .chars()
        .filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// The link of a heading to itself.
pub(super) fn anchor(id: &str) -> String {
    format!("<a class=\"anchor\" href=\"#{id}\" aria-label=\"Link to this section\">#</a>")
}

fn code_block(kind: &CodeBlockKind<'_>, code: &str) -> String {
    let language = match kind {
        CodeBlockKind::Fenced(language) => language.as_ref(),
        CodeBlockKind::Indented => "",
    };
    let title = match language {
        "sh" => "Shell",
        "http" => "HTTP",
        "json" => "JSON",
        _ => "Text",
    };
    // The block scrolls by itself, also by the keyboard.
    format!(
        "<div class=\"code\"><p class=\"label\">{title}</p><pre tabindex=\"0\" role=\"group\" aria-label=\"{title}\"><code>{}</code></pre></div>",
        highlight(language, code.trim_end())
    )
}

/// The code of a problem leads to its place; HTML is text.
fn linked(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Code(code) if problems::of(&code).is_some() => {
            let html = format!(
                "<a href=\"#{}\"><code>{code}</code></a>",
                problems::anchor(&code)
            );
            Event::InlineHtml(CowStr::from(html))
        }
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        other => other,
    }
}

fn plain(events: &[Event<'_>]) -> String {
    let texts = events.iter().filter_map(|event| match event {
        Event::Text(text) | Event::Code(text) => Some(text.as_ref()),
        _ => None,
    });
    texts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_have_the_fragments_that_repositories_give_them() {
        assert_eq!(slug("Who sees what"), "who-sees-what");
        let (html, headings) = block("### Trying a `policy`\n\nText.");
        assert!(
            html.starts_with("<h3 id=\"trying-a-policy\">Trying a <code>policy</code><a "),
            "{html}"
        );
        assert_eq!(headings[0].title, "Trying a policy");
    }

    #[test]
    fn codes_of_problems_lead_to_their_place_and_html_is_text() {
        assert_eq!(
            inline("See `not_found`."),
            "See <a href=\"#error-not_found\"><code>not_found</code></a>."
        );
        assert_eq!(inline("A `subject`."), "A <code>subject</code>.");
        assert_eq!(
            inline("a <b>bold</b> word"),
            "a &lt;b&gt;bold&lt;/b&gt; word"
        );
        assert!(inline("one\n\ntwo").starts_with("<p>one</p>"));
    }
}
