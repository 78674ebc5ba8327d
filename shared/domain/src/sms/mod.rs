//! Text messages: how many segments a text takes, which characters it is reduced to, and what the delivery
//! reports of providers mean. Pure.

mod callback;
mod fold;
mod gsm7;
mod provider;
mod report;
mod segments;

pub use callback::{
    AFRICAS_TALKING_REPORTS, TWILIO_REPORTS, is_report_token, report_token, twilio_report_url,
};
pub use fold::fold;
pub use gsm7::is_gsm7;
pub use provider::SmsProvider;
pub use report::{DeliveryReport, NumberFault, Reported, of_africas_talking, of_twilio};
pub use segments::{Encoding, Segments, shortened};
