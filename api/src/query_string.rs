//! The text of a query, taken apart.
//!
//! The parser is our own because those of libraries put a replacement character in the place of bytes that are not
//! UTF-8: a search for it would find nothing, and the client would not learn why. Pure.

use domain::reader::NotUtf8;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// A value as text; or that its bytes are not text.
type Decoded = Result<String, NotUtf8>;

/// The names in a query, each as often as it was sent; a name that is not UTF-8 stays encoded.
pub(crate) fn names(query: &str) -> impl Iterator<Item = String> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let names = pairs.map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name));
    names.map(|name| decoded(name).unwrap_or_else(|_| name.to_owned()))
}

/// The parameters of a query, in their order.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (String, Decoded)> {
    query.split('&').map(pair)
}

/// A parameter as forms write it (WHATWG URL, section 5.1). A name that is not UTF-8 is empty, and so the name of nothing.
fn pair(text: &str) -> (String, Decoded) {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    (decoded(name).unwrap_or_default(), decoded(value))
}

fn decoded(text: &str) -> Decoded {
    let spaced = text.replace('+', " ");
    let text = percent_decode_str(&spaced).decode_utf8();
    text.map(Cow::into_owned).map_err(|_| NotUtf8)
}
