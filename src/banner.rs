//! The text after a start with private servers: the URL, the admin's login, and three commands that
//! work when they are pasted.

use crate::{addresses::without_credentials, development::AdminLogin};
use platform::config::{Config, MailTransport};
use secrecy::ExposeSecret;
use std::{
    fmt,
    io::{self, Write},
};

/// The banner of the all-in-one process with private servers.
pub(crate) struct Banner<'a> {
    url: &'a str,
    admin: &'a AdminLogin,
    mails: String,
}

impl<'a> Banner<'a> {
    pub(crate) fn of(config: &'a Config, admin: &'a AdminLogin) -> Self {
        Self {
            url: &config.http.public_url,
            admin,
            mails: match &config.mail.transport {
                MailTransport::Files(folder) => format!("files in {}", folder.display()),
                MailTransport::Smtp(url) => without_credentials(url.expose_secret()),
            },
        }
    }

    /// Prints it on standard output.
    pub(crate) fn print(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        write!(out, "{self}")?;
        out.flush()
    }
}

impl fmt::Display for Banner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, admin, mails } = self;
        writeln!(
            f,
            "\nBaiTech Support is ready: {url}  (reference: {url}/docs)\n"
        )?;
        match admin {
            AdminLogin::MadeUp { email, password } => {
                writeln!(f, "  Admin   {email}  {password}")?;
            }
            AdminLogin::Configured { email } => {
                writeln!(
                    f,
                    "  Admin   {email}  with the password of BOOTSTRAP_ADMIN_PASSWORD"
                )?;
            }
        }
        writeln!(f, "  Mails   {mails}")?;
        writeln!(
            f,
            r#"
Register a customer, create a ticket, read it (paste into another terminal):

TOKEN=$(curl -s {url}/api/v1/auth/register -H 'Content-Type: application/json' -d '{{"firstName":"Asha","lastName":"Mwangi","email":"asha'$(date +%s)'@example.com","phoneNumber":"+254712345678","password":"a long passphrase"}}' | sed -E 's/.*"token":"([^"]+)".*/\1/')
TICKET=$(curl -s {url}/api/v1/support/tickets -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{{"subject":"Cannot complete payment","description":"I get an error when I try to pay.","category":"payment"}}' | sed -E 's/.*"ticketNumber":"([^"]+)".*/\1/')
curl -s {url}/api/v1/support/tickets/$TICKET -H "Authorization: Bearer $TOKEN" | (python3 -m json.tool 2>/dev/null || cat)

The README has a tour, `./dev demo` a working day with 300 tickets, `./dev reset` removes all data.
Ctrl-C stops it. `./dev --help` lists everything that can be set."#
        )
    }
}
