//! Query parameters that a route does not have: 422 that names each, and the nearest known one.
//!
//! Of several failures, the response has the first in the order of the contract, and only the handler can
//! find those before 422. So the middleware of a route passes the unknown parameters to the extractors,
//! which refuse them together with the other field errors. Where the handler responds with a status after
//! 422, the middleware replaces the response. A handler that changes something and reads neither query nor
//! body calls [`UnknownParameters::refuse`].

use crate::{error::Problem, query_string};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{Extensions, StatusCode, request::Parts},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::MethodRouter,
};
use domain::field_error::{FieldError, FieldErrors};
use std::{collections::BTreeSet, convert::Infallible, sync::Arc};

/// The most characters of a name that are compared and shown.
const LONGEST: usize = 50;

/// The unknown parameters of one request.
#[derive(Debug, Clone, Default)]
pub struct UnknownParameters(Arc<[FieldError]>);

impl UnknownParameters {
    pub(crate) fn of(extensions: &Extensions) -> Self {
        extensions.get().cloned().unwrap_or_default()
    }

    /// The field errors, one for each parameter.
    #[must_use]
    pub fn errors(&self) -> Vec<FieldError> {
        self.0.to_vec()
    }

    /// Whether there is no unknown parameter.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Refuses unknown parameters.
    ///
    /// # Errors
    /// 422 that names each, if there are any.
    pub fn refuse(&self) -> Result<(), Problem> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(Problem::invalid(self.errors()))
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for UnknownParameters {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}

/// Adds the middleware that refuses all query parameters but the known ones.
pub(crate) fn strict<S>(handler: MethodRouter<S>, known: &[String]) -> MethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    handler.route_layer(from_fn_with_state(
        Arc::<[String]>::from(known),
        refuse_unknown,
    ))
}

async fn refuse_unknown(
    State(known): State<Arc<[String]>>,
    mut request: Request,
    next: Next,
) -> Response {
    let unknown = UnknownParameters(unknown(request.uri().query().unwrap_or(""), &known).into());
    if unknown.is_empty() {
        return next.run(request).await;
    }
    request.extensions_mut().insert(unknown.clone());
    let response = next.run(request).await;
    replaced(response, &unknown)
}

/// The response, or the refusal of the unknown parameters where that comes first in the contract.
fn replaced(response: Response, unknown: &UnknownParameters) -> Response {
    let problem = response.extensions().get::<Problem>();
    match response.status() {
        StatusCode::UNPROCESSABLE_ENTITY => {
            let reported = problem.map(Problem::errors).unwrap_or_default();
            let others = unknown.errors().into_iter();
            let others = others.filter(|field_error| !reported.contains(field_error));
            Problem::invalid(reported.iter().cloned().chain(others).collect()).into_response()
        }
        StatusCode::PRECONDITION_FAILED | StatusCode::CONFLICT => {
            Problem::invalid(unknown.errors()).into_response()
        }
        status if status.is_success() => Problem::invalid(unknown.errors()).into_response(),
        _ => response,
    }
}

/// A field error for each name that is not known, in the order of the names.
fn unknown(query: &str, known: &[String]) -> Vec<FieldError> {
    let names: BTreeSet<String> = query_string::names(query)
        .filter(|name| !known.contains(name))
        .map(|name| name.chars().take(LONGEST).collect())
        .collect();
    let mut errors = FieldErrors::new();
    for name in names {
        let message = match nearest(&name, known) {
            Some(nearest) => format!("is not a parameter of this path: did you mean `{nearest}`?"),
            None => "is not known: this path has no parameters".to_owned(),
        };
        errors.add(name, "unknown_parameter", message);
    }
    errors.finish(Some(())).err().unwrap_or_default()
}

/// The field error of one unknown parameter, for the document.
pub(crate) fn example(known: &[String]) -> Vec<FieldError> {
    unknown("colour=blue", known)
}

/// The known name with the fewest edits; the first of several.
fn nearest<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    let nearest = known.iter().min_by_key(|known| edits(name, known));
    nearest.map(String::as_str)
}

/// The edits between two names, ignoring case: letters left out, added, replaced or swapped with the next one
/// (optimal string alignment distance).
fn edits(one: &str, other: &str) -> usize {
    let letters = |text: &str| -> Vec<char> { text.chars().flat_map(char::to_lowercase).collect() };
    let (one, other) = (letters(one), letters(other));
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, letter) in one.iter().enumerate() {
        let mut next = vec![i.saturating_add(1)];
        for (j, wanted) in other.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX);
            let mistaken = at(&row, j).saturating_add(usize::from(letter != wanted));
            let left_out = at(&next, j).saturating_add(1);
            let put_in = at(&row, j.saturating_add(1)).saturating_add(1);
            let swapped = i
                .checked_sub(1)
                .zip(j.checked_sub(1))
                .filter(|(i, j)| one.get(*i) == Some(wanted) && other.get(*j) == Some(letter))
                .map_or(usize::MAX, |(_, j)| at(&before, j).saturating_add(1));
            next.push(mistaken.min(left_out).min(put_in).min(swapped));
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn known(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn each_unknown_name_is_told_with_the_nearest_known_one() {
        let known = known(&["status", "priority", "createdFrom", "createdTo", "tag", "q"]);
        for (query, field, nearest) in [
            ("stauts=open", "stauts", "`status`"),
            ("STATUS=open", "STATUS", "`status`"),
            ("created_from=x", "created_from", "`createdFrom`"),
            ("createdUntil=x", "createdUntil", "`createdTo`"),
            ("tags=a", "tags", "`tag`"),
            ("%74ags=a", "tags", "`tag`"),
            ("priorty", "priorty", "`priority`"),
            ("query=a", "query", "`q`"),
            ("=a", "", "`q`"),
            ("%ff=a", "%ff", "`tag`"),
        ] {
            let errors = unknown(query, &known);
            assert_eq!(errors.len(), 1, "{query}");
            assert_eq!(errors[0].field, field);
            assert_eq!(errors[0].code, "unknown_parameter");
            assert!(errors[0].message.contains(nearest), "{:?}", errors[0]);
        }
        assert_eq!(unknown("status=a&q=b&&tag=", &known), []);
        let twice = unknown("a=1&b=2&a=3", &known);
        let fields: Vec<_> = twice
            .iter()
            .map(|field_error| field_error.field.as_str())
            .collect();
        assert_eq!(fields, ["a", "b"]);
        assert!(unknown("a=1", &[])[0].message.contains("no parameters"));
    }

    proptest! {
        #[test]
        fn edits_are_a_distance(one in "\\PC{0,8}", other in "\\PC{0,8}") {
            prop_assert_eq!(edits(&one, &one), 0);
            prop_assert_eq!(edits(&one, &other), edits(&other, &one));
            let letters = |text: &str| text.to_lowercase().chars().count();
            prop_assert!(edits(&one, &other) <= letters(&one).max(letters(&other)) + 2);
        }
    }
}
