//! Parameters of a query that a route does not have: 422 that names each, and the nearest one that there is.
//!
//! Of several failures the first in the contract's order is told: what comes before 422 is for the handler
//! to find. So the layer around a route hands what it found to the handler's extractors, which refuse it
//! where the rest of what was sent is judged, and puts it in the place of any answer that comes after 422.
//! A handler that changes something and reads neither query nor body asks [`UnknownParameters::refuse`].

use crate::{error::Problem, query};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{Extensions, StatusCode, request::Parts},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::MethodRouter,
};
use domain::field_error::{FieldError, FieldErrors};
use std::{collections::BTreeSet, convert::Infallible, sync::Arc};

/// Characters of a name that are told and compared.
const LONGEST: usize = 50;

/// Those of one request.
#[derive(Debug, Clone, Default)]
pub struct UnknownParameters(Arc<[FieldError]>);

impl UnknownParameters {
    pub(crate) fn of(extensions: &Extensions) -> Self {
        extensions.get().cloned().unwrap_or_default()
    }

    /// The faults, one for each.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        self.0.to_vec()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Refuses them.
    ///
    /// # Errors
    /// 422 that names them, if there are any.
    pub fn refuse(&self) -> Result<(), Problem> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(Problem::invalid(self.faults()))
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for UnknownParameters {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}

/// The handler of a path, with these parameters and no others.
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
    let answer = next.run(request).await;
    told(answer, &unknown)
}

/// The answer, or the refusal where that comes first.
fn told(answer: Response, unknown: &UnknownParameters) -> Response {
    let problem = answer.extensions().get::<Problem>();
    match answer.status() {
        StatusCode::UNPROCESSABLE_ENTITY => {
            let told = problem.map(Problem::errors).unwrap_or_default();
            let untold = unknown.faults().into_iter();
            let untold = untold.filter(|field_error| !told.contains(field_error));
            Problem::invalid(told.iter().cloned().chain(untold).collect()).into_response()
        }
        StatusCode::PRECONDITION_FAILED | StatusCode::CONFLICT => {
            Problem::invalid(unknown.faults()).into_response()
        }
        status if status.is_success() => Problem::invalid(unknown.faults()).into_response(),
        _ => answer,
    }
}

/// A fault for each name that is none of the known ones, in the order of the names.
fn unknown(query: &str, known: &[String]) -> Vec<FieldError> {
    let names: BTreeSet<String> = query::names(query)
        .filter(|name| !known.contains(name))
        .map(|name| name.chars().take(LONGEST).collect())
        .collect();
    let mut faults = FieldErrors::new();
    for name in names {
        let message = match nearest(&name, known) {
            Some(nearest) => format!("is not a parameter of this path: is `{nearest}` meant?"),
            None => "is not known: this path has no parameters".to_owned(),
        };
        faults.add(name, "unknown_parameter", message);
    }
    faults.finish(Some(())).err().unwrap_or_default()
}

/// What a caller is told of one, for the document.
pub(crate) fn example(known: &[String]) -> Vec<FieldError> {
    unknown("colour=blue", known)
}

/// The name that the fewest slips of the hand lead to; the first of several.
fn nearest<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    let nearest = known.iter().min_by_key(|known| slips(name, known));
    nearest.map(String::as_str)
}

/// How many letters were left out, put in, mistaken or swapped with the next one, whatever their case
/// (optimal string alignment).
fn slips(one: &str, other: &str) -> usize {
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
            let faults = unknown(query, &known);
            assert_eq!(faults.len(), 1, "{query}");
            assert_eq!(faults[0].field, field);
            assert_eq!(faults[0].code, "unknown_parameter");
            assert!(faults[0].message.contains(nearest), "{:?}", faults[0]);
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
        fn slips_are_a_distance(one in "\\PC{0,8}", other in "\\PC{0,8}") {
            prop_assert_eq!(slips(&one, &one), 0);
            prop_assert_eq!(slips(&one, &other), slips(&other, &one));
            let letters = |text: &str| text.to_lowercase().chars().count();
            prop_assert!(slips(&one, &other) <= letters(&one).max(letters(&other)) + 2);
        }
    }
}
