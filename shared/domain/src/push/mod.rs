//! Push messages: the devices that people subscribe, and what becomes of a notification at each. Pure.

mod subscription;

pub use subscription::{
    BrowserKeys, DeviceAddress, DeviceOutcome, NewPushSubscription, PushChecks, PushKind,
};
