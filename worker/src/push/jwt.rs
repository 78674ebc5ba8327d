//! JSON Web Tokens that we sign for other services (RFC 7515, compact serialization). Pure.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// A token with these claims. `None` if it could not be signed.
pub fn signed(
    algorithm: &str,
    claims: &Value,
    sign: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
) -> Option<String> {
    let header = json!({"typ": "JWT", "alg": algorithm});
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", encode(&header), encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(text.as_bytes())?);
    Some(format!("{text}.{signature}"))
}
