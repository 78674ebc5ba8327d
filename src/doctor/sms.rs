//! Checks how text messages are sent. None is sent: that would cost.

use super::report::Report;
use platform::config::{ApiAddress, Config, SmsTransport};

/// Checks the settings of text messages.
pub(super) fn check(report: &mut Report, config: &Config, is_private: bool) {
    let (name, api) = match &config.sms.transport {
        SmsTransport::Off => {
            report.ok("sms", "no text messages are sent");
            return;
        }
        SmsTransport::Files(folder) => {
            let place = format!("text messages are written to {}", folder.display());
            if is_private {
                report.ok("sms", place);
            } else {
                report.warn("sms", format!("none is sent: {place}"), "Set SMS_PROVIDER");
            }
            return;
        }
        SmsTransport::AfricasTalking(account) => ("Africa's Talking", &account.api),
        SmsTransport::Twilio(account) => ("Twilio", &account.api),
    };
    report.ok("sms", format!("text messages are sent by {name}"));
    about_address(report, api);
    if !config.http.public_url.starts_with("https://") {
        report.warn(
            "sms.reports",
            "PUBLIC_URL is not https: there are no delivery reports, and what is unknown stays unknown",
            "Set PUBLIC_URL to the address at which the provider reaches this system",
        );
    }
    if config.sms.per_day.is_none() || config.sms.per_number_per_hour.is_none() {
        report.warn(
            "sms.caps",
            "SMS_PER_DAY or SMS_PER_NUMBER_PER_HOUR is 0: nothing limits the cost",
            "Set both",
        );
    }
}

fn about_address(report: &mut Report, api: &ApiAddress) {
    let is_here = ["http://localhost", "http://127.", "http://[::1]"]
        .iter()
        .any(|here| api.url.starts_with(here));
    if api.url.starts_with("http://") && !is_here {
        report.warn(
            "sms.tls",
            "SMS_API_URL is http: the login, numbers and texts travel unencrypted",
            "Use https://",
        );
    }
}
