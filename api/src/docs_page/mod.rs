//! The page of the API at `/docs`: a guide, every error and every operation, rendered from `docs/API.md`, from the
//! table of problems and from the OpenAPI document. It can be read without scripts, and loads nothing.

mod calls;
mod examples;
mod fields;
mod guide;
mod highlight;
mod limits;
mod markdown;
mod operations;
mod shape;
mod spec;
#[cfg(test)]
mod tests;

use crate::{openapi::Route, problems, views::html::escaped};
use base64::{Engine, engine::general_purpose::STANDARD};
use examples::LANGUAGES;
use fields::{Row, Tables};
use guide::{Guide, guide};
use minijinja::{
    Environment, Error, Output, State, UndefinedBehavior, Value as Shown, syntax::SyntaxConfig,
    value::Serde,
};
use operations::TagGroup;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use spec::{Spec, text, text_of};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
const TEMPLATES: [(&str, &str); 3] = [
    ("page.html", include_str!("page.html.jinja")),
    ("operation.html", include_str!("operation.html.jinja")),
    ("fields.html", include_str!("fields.html.jinja")),
];

/// What the template shows.
#[derive(Debug, Serialize)]
struct Content {
    title: String,
    version: String,
    /// HTML.
    about: String,
    guide: Guide,
    problems: Vec<ProblemGroup>,
    tags: Vec<TagGroup>,
    components: Vec<Component>,
    languages: [(&'static str, &'static str); 3],
    style: &'static str,
    script: &'static str,
}

/// Types of problems with a common subject.
#[derive(Debug, Serialize)]
struct ProblemGroup {
    id: String,
    title: &'static str,
    problems: Vec<ShownProblem>,
}

/// A type of problem.
#[derive(Debug, Serialize)]
struct ShownProblem {
    anchor: String,
    code: &'static str,
    status: u16,
    title: &'static str,
    /// HTML.
    cause: String,
    /// HTML.
    cure: String,
}

/// An object that responses share.
#[derive(Debug, Serialize)]
struct Component {
    name: String,
    /// HTML.
    about: String,
    rows: Vec<Row>,
    values: Vec<String>,
}

/// The page of these routes and their document.
///
/// # Errors
/// The template is malformed, which a test of it would show.
pub fn page(document: &Value, routes: &[Route]) -> Result<String, Error> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()?;
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(write_escaped);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    let content = Shown::from(Serde(content(document, routes)));
    environment.get_template("page.html")?.render(content)
}

/// The `Content-Security-Policy` of the page: only its own style and script, by their hashes.
#[must_use]
pub fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn content(document: &Value, routes: &[Route]) -> Content {
    let spec = Spec(document);
    let mut tables = Tables::new(spec);
    let tags = operations::groups(spec, routes, &mut tables);
    Content {
        title: text(spec.at("/info/title")).to_owned(),
        version: text(spec.at("/info/version")).to_owned(),
        about: markdown::block(text(spec.at("/info/description"))).0,
        guide: guide(spec.server()),
        problems: shown_problems(),
        tags,
        components: components(spec, &mut tables),
        languages: LANGUAGES,
        style: STYLE,
        script: SCRIPT,
    }
}

fn shown_problems() -> Vec<ProblemGroup> {
    let groups = problems::GROUPS.iter().map(|group| ProblemGroup {
        id: format!("errors-{}", markdown::slug(group.title)),
        title: group.title,
        problems: group.types.iter().map(shown_problem).collect(),
    });
    groups.collect()
}

fn shown_problem(problem: &problems::ProblemType) -> ShownProblem {
    ShownProblem {
        anchor: problems::anchor(problem.code),
        code: problem.code,
        status: problem.status,
        title: problem.title,
        cause: markdown::inline(problem.cause),
        cure: markdown::inline(problem.cure),
    }
}

/// The components that the tables link to, and those that these link to.
fn components(spec: Spec<'_>, tables: &mut Tables<'_>) -> Vec<Component> {
    let mut components = Vec::new();
    while let Some(name) = tables.next_linked() {
        let schema = spec
            .at("/components/schemas")
            .get(&name)
            .unwrap_or(&Value::Null);
        let rows = tables.whole(schema).inner_rows();
        components.push(Component {
            about: markdown::inline(text_of(schema, "description")),
            rows,
            values: shape::shape(spec, schema).values(),
            name,
        });
    }
    components.sort_by(|one, other| one.name.cmp(&other.name));
    components
}

/// Writes a value of a template: escaped, unless the template says that it is HTML.
fn write_escaped(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Shown) -> Result<(), Error> {
    if value.is_undefined() || value.is_none() {
        return Ok(());
    }
    let written = match value.as_str() {
        Some(html) if value.is_safe() => out.write_str(html),
        Some(text) => out.write_str(&escaped(text)),
        None => out.write_str(&escaped(&value.to_string())),
    };
    written.map_err(Error::from)
}
