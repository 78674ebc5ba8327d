//! Renders a mail as text and as HTML. Each template is written once and rendered within two
//! layouts; the HTML escapes whatever people wrote, and a word that is missing is an error rather
//! than a gap.

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

/// A mail in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject.
    pub subject: String,
    /// For readers of text.
    pub text: String,
    /// For readers of HTML.
    pub html: String,
}

/// The templates, read and ready.
#[derive(Debug)]
pub struct Renderer(Environment<'static>);

/// The two forms of a mail; templates are named after them, and escaped accordingly.
const TEXT: &str = "txt";
const HTML: &str = "html";

impl Renderer {
    /// Reads the templates.
    ///
    /// # Errors
    /// One of them is not a template.
    pub fn new() -> Result<Self, MailSetupError> {
        Self::read().map(Self).map_err(MailSetupError::Templates)
    }

    fn read() -> Result<Environment<'static>, Error> {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_auto_escape_callback(|name| {
            if name.rsplit_once('.').is_some_and(|(_, form)| form == HTML) {
                AutoEscape::Html
            } else {
                AutoEscape::None
            }
        });
        templates.set_formatter(never_nothing);
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

    /// Renders what a notification tells, in the language of the person whose tag this is.
    ///
    /// # Errors
    /// The template asks for something that there is not.
    pub fn render(
        &self,
        template: Template,
        language: &str,
        view: &View,
    ) -> Result<Rendered, MailError> {
        self.both(template, language, view, view.subject.clone())
            .map_err(MailError::Render)
    }

    /// Renders a mail about an account. Its subject is a block of the template.
    ///
    /// # Errors
    /// The template asks for something that there is not.
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
        let language = Language::of(language);
        let words = words(language, TEXT, view, "");
        self.0
            .get_template(&name(template, language, TEXT))?
            .render_captured(words)?
            .with_state_mut(|template| template.render_block("subject"))
    }

    fn both(
        &self,
        template: Template,
        language: &str,
        view: &impl Serialize,
        subject: String,
    ) -> Result<Rendered, Error> {
        let language = Language::of(language);
        let form = |form| {
            self.0
                .get_template(&name(template, language, form))?
                .render(words(language, form, view, &subject))
        };
        Ok(Rendered {
            text: without_gaps(&form(TEXT)?),
            html: form(HTML)?,
            subject,
        })
    }
}

fn words(language: Language, form: &str, view: &impl Serialize, subject: &str) -> Value {
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

/// Prints values, but not the absence of one: `none` in a letter is a mistake of its template.
fn never_nothing(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    if value.is_none() {
        return Err(Error::new(ErrorKind::UndefinedError, "the value is none"));
    }
    escape_formatter(out, state, value)
}

/// Marks text that somebody else wrote, as mail readers know it.
fn quoted(text: &str) -> String {
    let lines = text.lines().map(|line| match line {
        "" => ">".to_owned(),
        line => format!("> {line}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// At most one empty line between paragraphs. Quoted text has no empty lines.
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
