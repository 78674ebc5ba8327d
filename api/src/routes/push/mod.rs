//! `/notifications/push`: the devices on which the caller gets push messages.

pub mod list;
pub mod subscribe;
pub mod unsubscribe;

/// A key of an application server, for the document.
const EXAMPLE_KEY: &str =
    "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
