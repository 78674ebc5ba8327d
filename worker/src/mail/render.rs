//! Renders a mail as text and as HTML. Each template is written once and rendered within two
//! layouts. The HTML escapes all variables, and a missing variable is an error.

use super::{
    MailError, MailSetupError, View,
    templates::{HTML_LAYOUT, Language, TEXT_LAYOUT, digest, source},
    view::{WRITTEN, one_line},
};
use domain::notifications::Template;
use minijinja::{
    AutoEscape, Captured, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value,
    context, escape_formatter,
    value::{Serde, merge_maps},
};
use platform::config::Brand;
use std::collections::BTreeMap;

/// The Content-ID of the logo.
pub(super) const LOGO: &str = "logo@brand";

/// A rendered mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML.
    pub html: String,
    /// The page on which the recipient refuses such mails.
    pub unsubscribe: Option<String>,
}

/// The parsed templates.
#[derive(Debug)]
pub struct Renderer(Environment<'static>);

/// The two forms of a mail; the extension of a template's name selects the form, and its escaping.
const TEXT: &str = "txt";
const HTML: &str = "html";

/// The name of the template of digests.
const DIGEST: &str = "digest";
/// The template of a text that a person wrote, within a sentence of HTML.
const ISOLATED: &str = "isolated.html";
/// The template of a number that stays on one line.
const UNBROKEN: &str = "unbroken.html";

impl Renderer {
    /// Parses the templates, which show this brand.
    ///
    /// # Errors
    /// A template cannot be parsed.
    pub fn new(brand: &Brand) -> Result<Self, MailSetupError> {
        Self::parse(brand)
            .map(Self)
            .map_err(MailSetupError::Templates)
    }

    fn parse(brand: &Brand) -> Result<Environment<'static>, Error> {
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
        let brand = context! {
            name => brand.name.as_str(),
            color => brand.color.to_string(),
            text => brand.color.text_on_it().to_string(),
            logo => brand.logo.is_some().then_some(LOGO),
        };
        templates.add_global("brand", brand);
        templates.add_template(layout(TEXT), TEXT_LAYOUT)?;
        templates.add_template(layout(HTML), HTML_LAYOUT)?;
        templates.add_template(ISOLATED, r#"<span dir="auto">{{ text }}</span>"#)?;
        templates.add_template(
            UNBROKEN,
            r#"<span style="white-space:nowrap">{{ text }}</span>"#,
        )?;
        for form in [TEXT, HTML] {
            for language in Language::ALL {
                templates.add_template_owned(base(language, form), language.base())?;
                templates.add_template_owned(name(DIGEST, language, form), digest(language))?;
                for template in Template::ALL {
                    if let Some(source) = source(*template, language) {
                        let name = name(template.as_str(), language, form);
                        templates.add_template_owned(name, source)?;
                    }
                }
            }
        }
        Ok(templates)
    }

    /// Renders a mail. `language` is the recipient's tag (BCP 47). The subject is a block of the
    /// language's base.
    ///
    /// # Errors
    /// The template uses a variable that is not set.
    pub fn render(
        &self,
        template: Template,
        language: &str,
        view: &View,
    ) -> Result<Rendered, MailError> {
        let language = Language::from_tag(language);
        self.both(template.as_str(), language, view)
            .map_err(MailError::Render)
    }

    /// Renders a digest.
    ///
    /// # Errors
    /// The template uses a variable that is not set.
    pub fn render_digest(&self, language: &str, view: &View) -> Result<Rendered, MailError> {
        let language = Language::from_tag(language);
        self.both(DIGEST, language, view).map_err(MailError::Render)
    }

    /// The title of a mail, which says what happened in a few words.
    ///
    /// # Errors
    /// The template uses a variable that is not set.
    pub fn title(
        &self,
        template: Template,
        language: &str,
        view: &View,
    ) -> Result<String, MailError> {
        let language = Language::from_tag(language);
        let variables = context! { language => language.tag(), ..Value::from(Serde(view)) };
        let title = self
            .form(template.as_str(), language, TEXT, variables)
            .and_then(|mut text| text.with_state_mut(|state| state.render_block("title")))
            .map_err(MailError::Render)?;
        Ok(one_line(&title))
    }

    fn both(&self, template: &str, language: Language, view: &View) -> Result<Rendered, Error> {
        let unsubscribe = view.unsubscribe.clone();
        let view = Value::from(Serde(view));
        let variables = context! { language => language.tag(), ..view.clone() };
        let mut text = self.form(template, language, TEXT, variables.clone())?;
        let subject = text.with_state_mut(|state| state.render_block("subject"))?;
        let subject = one_line(&subject);
        let isolated = Value::from(self.isolated(&view)?);
        let variables = merge_maps([
            variables,
            isolated,
            context! { subject => subject.as_str() },
        ]);
        let html = self.form(template, language, HTML, variables)?;
        Ok(Rendered {
            text: without_gaps(text.output()),
            html: plain_slashes(html.output()),
            subject,
            unsubscribe,
        })
    }

    fn form(
        &self,
        template: &str,
        language: Language,
        form: &str,
        variables: Value,
    ) -> Result<Captured<'_>, Error> {
        let files = context! { layout => layout(form), base => base(language, form) };
        self.0
            .get_template(&name(template, language, form))?
            .render_captured(merge_maps([variables, files]))
    }

    /// The texts that people wrote and the number, escaped and each in an element of its own.
    fn isolated(&self, view: &Value) -> Result<BTreeMap<&'static str, Value>, Error> {
        let written = WRITTEN.map(|name| (name, ISOLATED));
        let mut isolated = BTreeMap::new();
        for (name, template) in written.into_iter().chain([("number", UNBROKEN)]) {
            let text = view.get_attr(name)?;
            if !text.is_none() {
                let template = self.0.get_template(template)?;
                let html = template.render(context! { text })?;
                isolated.insert(name, Value::from_safe_string(html));
            }
        }
        Ok(isolated)
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

fn name(template: &str, language: Language, form: &str) -> String {
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

/// Slashes as they are: the library escapes them, which HTML does not need, and a person who copies a
/// link from a file needs them. An escaped text has no other `&#x2f;`, since its `&` are escaped.
fn plain_slashes(html: &str) -> String {
    html.replace("&#x2f;", "/")
}

#[cfg(test)]
#[path = "render_tests/mod.rs"]
mod tests;
