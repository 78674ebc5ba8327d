//! Push messages: the devices that people subscribe, the key pair of this installation, and what became of each
//! notification at each device.
//!
//! A push service that fails is left alone for a while ([`admission`]); others are not concerned. Races:
//! - two processes make the key pair at once: the first row stays, and both read it back;
//! - a person logs out while a message is under way: the message arrives, and nothing is left to record;
//! - a person registers a device while the login ends: the row of the login is locked, so that a device of an ended
//!   login is never left;
//! - two people register one browser at once: the second owns it; a delivery that began before may still arrive there;
//! - a process dies between an answer and its record: that device gets the message again, under the same topic, by
//!   which the push service replaces what it has not delivered.

mod circuit;
mod devices;
mod keys;
mod report;
mod store;
mod subscribe;

pub use circuit::{Admission, PushAnswer, admission};
pub use devices::{Device, devices, prune};
pub use keys::{VapidKeys, is_point, vapid_keys};
pub use report::{Reported, report};
pub use store::subscriptions::{addresses, of_person};
pub use subscribe::{MOST_DEVICES, Subscriber, Subscription, subscribe, unsubscribe};
