//! Renders a mail as text and as HTML. Each template is written once and rendered within two
//! layouts. The HTML escapes all variables, and a missing variable is an error.

use super::{
    AccountView, MailError, MailSetupError, View,
    templates::{HTML_LAYOUT, Language, TEXT_LAYOUT, source},
};
use domain::notifications::Template;
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value, context,
    escape_formatter, value::Serde,
};
use serde::Serialize;

/// A rendered mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML.
    pub html: String,
}

/// The parsed templates.
#[derive(Debug)]
pub struct Renderer(Environment<'static>);

/// The two forms of a mail; the extension of a template's name selects the form, and its escaping.
const TEXT: &str = "txt";
const HTML: &str = "html";

impl Renderer {
    /// Parses the templates.
    ///
    /// # Errors
    /// A template cannot be parsed.
    pub fn new() -> Result<Self, MailSetupError> {
        Self::parse().map(Self).map_err(MailSetupError::Templates)
    }

    fn parse() -> Result<Environment<'static>, Error> {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_auto_escape_callback(|name| {
            if name.rsplit_once('.').is_some_and(|(_, form)| form == HTML) {
                AutoEscape::Html
            } else {
                AutoEscape::None
            }
        });
        templates.set_formatter(refuse_none);
        templates.add_filter("quoted", quoted);
        templates.add_template(layout(TEXT), TEXT_LAYOUT)?;
        templates.add_template(layout(HTML), HTML_LAYOUT)?;
        for form in [TEXT, HTML] {
            for language in Language::ALL {
                templates.add_template_owned(base(language, form), language.base())?;
                for template in Template::ALL {
                    templates.add_template_owned(
                        name(*template, language, form),
                        source(*template, language),
                    )?;
                }
            }
        }
        Ok(templates)
    }

    /// Renders a notification about a ticket. `language` is the recipient's tag (BCP 47).
    ///
    /// # Errors
    /// The template uses a variable that is not set.
    pub fn render(
        &self,
        template: Template,
        language: &str,
        view: &View,
    ) -> Result<Rendered, MailError> {
        self.both(template, language, view, view.subject.clone())
            .map_err(MailError::Render)
    }

    /// Renders a notification about an account. Its subject is a block of the template.
    ///
    /// # Errors
    /// The template uses a variable that is not set.
    pub fn render_for_account(
        &self,
        template: Template,
        language: &str,
        view: &AccountView,
    ) -> Result<Rendered, MailError> {
        let subject = self.subject(template, language, view);
        let subject = subject.map_err(MailError::Render)?;
        self.both(template, language, view, subject)
            .map_err(MailError::Render)
    }

    fn subject(
        &self,
        template: Template,
        language: &str,
        view: &AccountView,
    ) -> Result<String, Error> {
        let language = Language::from_tag(language);
        let variables = variables(language, TEXT, view, "");
        self.0
            .get_template(&name(template, language, TEXT))?
            .render_captured(variables)?
            .with_state_mut(|template| template.render_block("subject"))
    }

    fn both(
        &self,
        template: Template,
        language: &str,
        view: &impl Serialize,
        subject: String,
    ) -> Result<Rendered, Error> {
        let language = Language::from_tag(language);
        let form = |form| {
            self.0
                .get_template(&name(template, language, form))?
                .render(variables(language, form, view, &subject))
        };
        Ok(Rendered {
            text: without_gaps(&form(TEXT)?),
            html: form(HTML)?,
            subject,
        })
    }
}

fn variables(language: Language, form: &str, view: &impl Serialize, subject: &str) -> Value {
    context! {
        layout => layout(form),
        base => base(language, form),
        language => language.tag(),
        subject => subject,
        ..Value::from(Serde(view))
    }
}

fn layout(form: &str) -> &'static str {
    if form == HTML {
        "layout.html"
    } else {
        "layout.txt"
    }
}

fn base(language: Language, form: &str) -> String {
    format!("{}/base.{form}", language.tag())
}

fn name(template: Template, language: Language, form: &str) -> String {
    format!("{}/{template}.{form}", language.tag())
}

/// Prints a value; `none` is an error, since it is a mistake of the template.
fn refuse_none(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    if value.is_none() {
        return Err(Error::new(ErrorKind::UndefinedError, "the value is none"));
    }
    escape_formatter(out, state, value)
}

/// Quotes text of another person, as mail programs show quotations.
fn quoted(text: &str) -> String {
    let lines = text.lines().map(|line| match line {
        "" => ">".to_owned(),
        line => format!("> {line}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Removes repeated empty lines. Quoted text has no empty lines.
fn without_gaps(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines() {
        if !(line.is_empty() && lines.last().is_none_or(|last| last.is_empty())) {
            lines.push(line);
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
#[path = "render_tests.rs"]
mod tests;
