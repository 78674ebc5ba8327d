//! Checks how mails are sent: connects, encrypts and logs in. No mail is sent.

use super::report::Report;
use crate::addresses::without_credentials;
use platform::config::{Mail, MailTransport};
use secrecy::ExposeSecret;
use worker::mail::{MailError, Mailer, SmtpTimeouts};

/// Checks the transport of mails.
pub(super) async fn check(report: &mut Report, mail: &Mail, is_private: bool) {
    let place = match &mail.transport {
        MailTransport::Files(folder) => format!("the folder {}", folder.display()),
        MailTransport::Smtp(url) => without_credentials(url.expose_secret()),
    };
    let checked = match Mailer::new(&mail.transport, SmtpTimeouts::USUAL) {
        Ok(mailer) => mailer.check().await,
        Err(error) => {
            report.wrong("smtp", error.to_string(), "Correct SMTP_URL");
            return;
        }
    };
    match (&mail.transport, checked) {
        (MailTransport::Files(_), Ok(())) if is_private => {
            report.ok("smtp", format!("mails are written to {place}"));
        }
        (MailTransport::Files(_), Ok(())) => report.warn(
            "smtp",
            format!("no mail is sent: mails are written to {place}"),
            "Set SMTP_URL",
        ),
        (MailTransport::Smtp(url), Ok(())) => {
            report.ok(
                "smtp",
                format!("{place} accepts the connection and the login"),
            );
            if may_be_read(url.expose_secret()) {
                report.warn(
                    "smtp.tls",
                    "mails, and the password, may travel unencrypted",
                    "Use smtps://, or add ?tls=required to SMTP_URL",
                );
            }
        }
        (_, Err(error)) => {
            let advice = advice(&error);
            report.wrong("smtp", format!("{place}: {}", error.for_record()), advice);
        }
    }
}

fn advice(error: &MailError) -> &'static str {
    match error {
        MailError::TurnedAway { .. } => {
            "Correct the user and the password in SMTP_URL, or ask the provider to admit this address"
        }
        MailError::File(_) => "Give the user of this process the right to write there",
        _ => "Check the host, the port and tls in SMTP_URL, and that no firewall blocks the port",
    }
}

/// Whether the mails leave this machine without enforced TLS.
fn may_be_read(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("smtp://") else {
        return false;
    };
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    let is_here = ["localhost", "127.", "[::1]"]
        .iter()
        .any(|here| place.starts_with(here));
    !is_here && !url.contains("tls=required")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_to_another_machine_need_enforced_tls() {
        for (url, may) in [
            ("smtp://me:secret@mail.example.com:587", true),
            ("smtp://mail.example.com?tls=opportunistic", true),
            ("smtp://mail.example.com:587?tls=required", false),
            ("smtps://mail.example.com", false),
            ("smtp://localhost:1025", false),
            ("smtp://127.0.0.1:1025", false),
        ] {
            assert_eq!(may_be_read(url), may, "{url}");
        }
    }
}
