//! The first use without any setup: private servers, a signing secret and an admin are made.
//! They stay in `DATA_DIR`, so that the next start has the same.

use anyhow::{Context as _, Result, ensure};
use platform::{config::Settings, id_source::IdSource};
use servers::{self, Durability, Servers};
use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

const DATABASE: &str = "support";
const ADMIN: &str = "admin@baitech.local";

/// What this process made for a first use, for the text after the start.
pub(crate) enum Made {
    /// The first admin of an installation.
    Admin(AdminLogin),
    /// The people of the demo.
    Demo {
        /// The password of all of them.
        password: String,
    },
}

/// The login of the first admin.
pub(crate) enum AdminLogin {
    /// Made by this module.
    MadeUp {
        /// Address.
        email: &'static str,
        /// Password: a random secret of this machine.
        password: String,
    },
    /// From the configuration; the password is never printed.
    Configured {
        /// Address.
        email: String,
    },
}

/// Starts the private servers, and sets every setting that they replace and the first admin.
///
/// # Errors
///
/// A server cannot be started, or a secret cannot be read or written in `DATA_DIR`.
pub(crate) fn start(settings: &mut Settings) -> Result<(Made, Servers)> {
    let servers = start_servers(settings)?;
    let admin = match settings.get("BOOTSTRAP_ADMIN_EMAIL") {
        "" => {
            let file = Path::new(settings.get("DATA_DIR")).join("admin-password");
            let password = kept(&file, || secret(&IdSource::random()))?;
            settings.supply("BOOTSTRAP_ADMIN_EMAIL", ADMIN);
            settings.supply("BOOTSTRAP_ADMIN_PASSWORD", password.as_str());
            AdminLogin::MadeUp {
                email: ADMIN,
                password,
            }
        }
        email => AdminLogin::Configured {
            email: email.to_owned(),
        },
    };
    Ok((Made::Admin(admin), servers))
}

/// Starts the private servers and sets every setting that they replace.
///
/// # Errors
///
/// A server cannot be started, or the secret cannot be read or written in `DATA_DIR`.
pub(crate) fn start_servers(settings: &mut Settings) -> Result<Servers> {
    let data = Path::new(settings.get("DATA_DIR")).to_owned();
    let servers = servers::start(&data, Durability::Durable)
        .context("the private servers cannot be started")?;
    let chance = IdSource::random();
    let jwt_secret = kept(&data.join("jwt-secret"), || {
        secret(&chance) + &secret(&chance)
    })?;
    settings.supply("DATABASE_URL", servers.database_url(DATABASE));
    settings.supply("REDIS_URL", servers.redis_url());
    settings.supply("JWT_SECRET", jwt_secret);
    settings.supply("SMS_PROVIDER", "file");
    Ok(servers)
}

/// The secret in the file at `path`, readable by its owner only. It is made if the file does not exist.
/// Race: several processes make it at once. The first to link its draft wins, and all read that file.
fn kept(path: &Path, make: impl FnOnce() -> String) -> Result<String> {
    if !path.exists() {
        create(path, &make()).with_context(|| format!("cannot create {}", path.display()))?;
    }
    read(path)
}

/// The secret in the file at `path`.
pub(crate) fn read(path: &Path) -> Result<String> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let secret = text.trim();
    ensure!(
        !secret.is_empty(),
        "{} is empty: delete it, and it will be made anew",
        path.display()
    );
    Ok(secret.to_owned())
}

/// Writes a secret to a file that only its owner may read, in place of an older one.
pub(crate) fn write(path: &Path, secret: &str) -> Result<()> {
    let written = draft(path, secret).and_then(|draft| fs::rename(draft, path));
    written.with_context(|| format!("cannot write {}", path.display()))
}

fn create(path: &Path, secret: &str) -> std::io::Result<()> {
    let draft = draft(path, secret)?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

fn draft(path: &Path, secret: &str) -> std::io::Result<PathBuf> {
    let draft = path.with_extension(std::process::id().to_string());
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)?
        .write_all(secret.as_bytes())?;
    Ok(draft)
}

/// Everything that the program keeps in `DATA_DIR`, besides the data of the private servers.
pub(crate) const KEPT: [&str; 10] = [
    "admin-password",
    "arriving",
    "attachments",
    "demo-password",
    "jwt-secret",
    "mail",
    "mail-demo",
    "password",
    "sms",
    "sms-demo",
];

/// 128 random bits as 32 characters.
pub(crate) fn secret(chance: &IdSource) -> String {
    format!("{:032x}", u128::from_be_bytes(chance.bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_secret_is_made_once_and_readable_by_its_owner_alone() {
        let chance = secret(&IdSource::random());
        let folder = std::env::temp_dir().join(format!("support-{chance}"));
        fs::create_dir(&folder).unwrap();
        let file = folder.join("secret");
        assert_eq!(kept(&file, || "first".to_owned()).unwrap(), "first");
        assert_eq!(kept(&file, || "second".to_owned()).unwrap(), "first");
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(&folder).unwrap();
    }
}
