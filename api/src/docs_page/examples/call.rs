//! A call that an example makes. Pure.

use serde_json::Value;

/// The prefix of paths that `$API` stands for.
const API: &str = "/api/v1";

/// A call.
#[derive(Debug, Clone)]
pub(in super::super) struct Call {
    /// In capitals.
    pub method: String,
    /// The address of the server, for paths that `$API` does not stand for.
    pub server: String,
    /// From that address, with parameters as `{id}`.
    pub path: String,
    /// Query parameters: name and value.
    pub query: Vec<(String, String)>,
    pub sends_token: bool,
    pub body: CallBody,
    pub answer: AnswerKind,
}

/// The body of a call.
#[derive(Debug, Clone)]
pub(in super::super) enum CallBody {
    Nothing,
    Json(Value),
    /// `application/x-www-form-urlencoded`.
    Form(Vec<(String, String)>),
    /// A file in this field of a `multipart/form-data` form.
    File(String),
}

/// What the response is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum AnswerKind {
    Json,
    Text,
    File,
}

/// A piece of a URL.
enum Piece<'c> {
    Text(&'c str),
    /// A variable of the reader's environment, in capitals.
    Variable(String),
}

impl Call {
    /// Whether the path is one of the API, so that `$API` stands for its beginning.
    fn is_below_api(&self) -> bool {
        self.path.starts_with(API)
    }

    /// The URL with its query, with variables as a language writes them.
    pub fn url(&self, variable: impl Fn(&str) -> String) -> String {
        let base = if self.is_below_api() {
            variable("API")
        } else {
            self.server.clone()
        };
        let pieces = self.pieces().into_iter().map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Variable(name) => variable(&name),
        });
        format!(
            "{base}{}{}",
            pieces.collect::<String>(),
            self.query_string()
        )
    }

    /// The path without the beginning that `$API` stands for, in pieces.
    fn pieces(&self) -> Vec<Piece<'_>> {
        let path = self.path.strip_prefix(API).unwrap_or(&self.path);
        let mut pieces = Vec::new();
        let (mut rest, mut before) = (path, "");
        while let Some((text, (name, after))) = rest
            .split_once('{')
            .and_then(|(text, rest)| Some((text, rest.split_once('}')?)))
        {
            let noun = text.trim_end_matches('/').rsplit('/').next();
            before = noun.filter(|noun| !noun.is_empty()).unwrap_or(before);
            pieces.push(Piece::Text(text));
            pieces.push(Piece::Variable(variable(before, name)));
            rest = after;
        }
        pieces.push(Piece::Text(rest));
        pieces
    }

    /// The variables of the reader's environment that the call uses.
    pub fn variables(&self) -> Vec<String> {
        let api = self.is_below_api().then(|| "API".to_owned());
        let token = self.sends_token.then(|| "TOKEN".to_owned());
        let of_path = self.pieces().into_iter().filter_map(|piece| match piece {
            Piece::Variable(name) => Some(name),
            Piece::Text(_) => None,
        });
        api.into_iter().chain(token).chain(of_path).collect()
    }

    /// The query with its question mark, percent-encoded where it has to be.
    fn query_string(&self) -> String {
        let pairs: Vec<String> = self
            .query
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        if pairs.is_empty() {
            return String::new();
        }
        format!("?{}", pairs.join("&"))
    }
}

/// `{id}` after `tickets` is `TICKET_ID`, `{messageId}` is `MESSAGE_ID`, `{queue}` is `QUEUE`.
fn variable(noun: &str, name: &str) -> String {
    let word = match name.strip_suffix("Id") {
        Some(of) => format!("{of}_id"),
        None if name == "id" => format!("{}_id", noun.strip_suffix('s').unwrap_or(noun)),
        // `TOKEN` is the access token.
        None if name == "token" => "link".to_owned(),
        None => name.to_owned(),
    };
    word.replace('-', "_").to_ascii_uppercase()
}

/// A value of a query or a form.
pub(super) fn encoded(value: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'_')
        .remove(b'.')
        .remove(b'~')
        .remove(b',')
        .remove(b':')
        .remove(b'/')
        .remove(b'@');
    utf8_percent_encode(value, KEPT).to_string()
}
