//! `support sms reports`: the address for delivery reports. For Africa's Talking it is a secret, so that no other command
//! prints it.

use crate::settings::Startup;
use anyhow::{Result, bail};
use domain::sms::{AFRICAS_TALKING_REPORTS, report_token};
use platform::config::SmsTransport;
use std::io::{self, Write};

/// Prints what has to be entered at the provider.
///
/// # Errors
///
/// No provider sends text messages, or standard output is closed.
pub(crate) fn reports(startup: &Startup) -> Result<()> {
    let config = &startup.config;
    let mut out = io::stdout().lock();
    match &config.sms.transport {
        SmsTransport::Off | SmsTransport::Files(_) => {
            bail!("no provider sends text messages: set SMS_PROVIDER")
        }
        SmsTransport::Twilio(_) => writeln!(
            out,
            "Nothing has to be entered: Twilio is given an address with each message."
        )?,
        SmsTransport::AfricasTalking(_) => {
            let (url, token) = (
                &config.http.public_url,
                report_token(&config.auth.jwt_secret),
            );
            writeln!(out, "{url}{AFRICAS_TALKING_REPORTS}{token}")?;
        }
    }
    Ok(())
}
