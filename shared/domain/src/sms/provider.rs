//! The providers of text messages. Pure.

use crate::text_enum;

text_enum! {
    /// A provider of text messages.
    pub enum SmsProvider {
        /// Africa's Talking.
        AfricasTalking = "africas_talking",
        /// Twilio.
        Twilio = "twilio",
        /// A folder, for development.
        File = "file",
    }
}
