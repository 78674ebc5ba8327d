//! Whether PostgreSQL can be used. The pool only reports that it found no connection in time; here a
//! connection of its own shows the cause.

use super::{Fault, LIMIT, Unreachable, look_up, within};
use crate::error_chain::Chain;
use sqlx::{
    Connection, PgConnection,
    error::DatabaseError,
    postgres::{PgConnectOptions, PgSslMode},
};

const HOST_ADVICE: &str = "Check that PostgreSQL runs there, and the host and port of DATABASE_URL";

/// Connects. The caller closes the connection, or drops it.
///
/// # Errors
/// The server cannot be used.
pub async fn connect(options: &PgConnectOptions) -> Result<PgConnection, Unreachable> {
    let connected = within(LIMIT, try_connect(options)).await;
    connected.map_err(|fault| Unreachable {
        server: "PostgreSQL",
        place: place(options),
        fault,
    })
}

async fn try_connect(options: &PgConnectOptions) -> Result<PgConnection, Fault> {
    if options.get_socket().is_none() {
        look_up(options.get_host(), options.get_port(), HOST_ADVICE).await?;
    }
    let connected = PgConnection::connect_with(options).await;
    connected.map_err(|error| fault(&error))
}

/// Where a connection leads: host, port and database, or the socket and database.
#[must_use]
pub fn place(options: &PgConnectOptions) -> String {
    let (port, user) = (options.get_port(), options.get_username());
    let database = options.get_database().unwrap_or(user);
    match options.get_socket() {
        Some(folder) => format!("{}/.s.PGSQL.{port} ({database})", folder.display()),
        None => format!("{}:{port}/{database}", options.get_host()),
    }
}

/// Whether the connection may be read on its way: it leaves this machine, and TLS is not enforced.
#[must_use]
pub fn may_be_read(options: &PgConnectOptions) -> bool {
    let host = options.get_host().trim_matches(['[', ']']);
    let is_here = host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    let is_enforced = matches!(
        options.get_ssl_mode(),
        PgSslMode::Require | PgSslMode::VerifyCa | PgSslMode::VerifyFull
    );
    options.get_socket().is_none() && !is_here && !is_enforced
}

fn fault(error: &sqlx::Error) -> Fault {
    match error {
        sqlx::Error::Io(error) => Fault::of_io(error, HOST_ADVICE),
        sqlx::Error::Database(error) => refusal(error.as_ref()),
        sqlx::Error::Tls(error) => Fault::lasting(
            format!("TLS failed: {error}"),
            "Check sslmode and sslrootcert of DATABASE_URL, and the certificate of the server",
        ),
        sqlx::Error::Protocol(_) => Fault::lasting(
            "the server there does not speak PostgreSQL's protocol",
            "Check the port of DATABASE_URL",
        ),
        other => Fault::lasting(Chain(other).to_string(), "Check DATABASE_URL"),
    }
}

/// A rejection, in the words of the server, by its code (appendix A of PostgreSQL's documentation).
fn refusal(error: &dyn DatabaseError) -> Fault {
    let (cause, code) = (error.message().to_owned(), error.code());
    match code.as_deref().unwrap_or_default() {
        "28P01" => Fault::lasting(cause, "Correct the password in DATABASE_URL"),
        "28000" => Fault::lasting(
            cause,
            "Correct the user in DATABASE_URL, create that role, or let pg_hba.conf admit it",
        ),
        "3D000" => Fault::lasting(
            cause,
            "Correct the database in DATABASE_URL, or create it (UTF-8) and run `support migrate`",
        ),
        "42501" => Fault::lasting(
            cause,
            "Grant the role CONNECT on the database, and USAGE and CREATE on its schema",
        ),
        "53300" => Fault::passing(
            cause,
            "Lower DATABASE_CONNECTIONS or the number of processes, or raise max_connections",
        ),
        "57P01" | "57P02" | "57P03" => Fault::passing(cause, "It starts or stops: wait for it"),
        _ => Fault::lasting(cause, "PostgreSQL's log has more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(url: &str) -> PgConnectOptions {
        url.parse().unwrap()
    }

    #[test]
    fn a_place_names_host_port_and_database_and_no_password() {
        for (url, told) in [
            (
                "postgres://me:hush@db.example.com/support",
                "db.example.com:5432/support",
            ),
            ("postgres://me:hush@[::1]:1/x?sslmode=require", "[::1]:1/x"),
            (
                "postgres:///x?host=/run/db&user=me",
                "/run/db/.s.PGSQL.5432 (x)",
            ),
        ] {
            assert_eq!(place(&options(url)), told);
        }
    }

    #[test]
    fn only_a_connection_to_another_machine_without_enforced_tls_may_be_read() {
        for (url, may) in [
            ("postgres://db.example.com/x", true),
            ("postgres://db.example.com/x?sslmode=prefer", true),
            ("postgres://db.example.com/x?sslmode=require", false),
            ("postgres://localhost/x", false),
            ("postgres://[::1]/x", false),
            ("postgres:///x?host=/run/db", false),
        ] {
            assert_eq!(may_be_read(&options(url)), may, "{url}");
        }
    }
}
