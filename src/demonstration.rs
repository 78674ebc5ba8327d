//! `support demo`. With private servers the demo has a folder and servers of its own, so that it never meets the
//! data of `support`, and the system runs on it afterwards. An installation that the settings name is filled only.

use crate::{
    development::{self, Made},
    reset, runtime,
    schema::{self, Schema},
    serve::{self, Part},
    settings::{self, Startup},
};
use anyhow::{Result, ensure};
use demo::Extent;
use platform::{
    config::{Config, MailTransport, Purpose, Settings, SmsTransport},
    id_source::IdSource,
    telemetry,
};
use std::path::Path;
use tracing::instrument::WithSubscriber;

/// The port unless `PORT` is set: that of `support` may be in use by `support`.
const PORT: (&str, &str) = ("5000", "5050");

/// Fills an installation; runs the system on it if it is the demo's own.
///
/// # Errors
///
/// The configuration is wrong, the demo is refused or fails, or the system fails.
pub(crate) fn run(extent: &Extent) -> Result<()> {
    let settings = settings::checked(&[])?;
    if settings::wants_private_servers(&settings) {
        own(extent, &settings)
    } else {
        named(extent, &settings)
    }
}

/// Fills the installation that the settings name.
fn named(extent: &Extent, settings: &Settings) -> Result<()> {
    let mut config = Config::read(settings)?;
    // never to the servers of SMTP_URL and SMS_PROVIDER: the addresses and numbers are invented
    config.mail.transport = MailTransport::Files(config.data_dir.join("mail-demo"));
    config.sms.transport = SmsTransport::Files(config.data_dir.join("sms-demo"));
    let file = config.data_dir.join("demo-password");
    let password = extent.password().map_or_else(made_up, str::to_owned);
    runtime::run_with(Startup { config, made: None }, async |startup| {
        let cx = fill(extent, startup.config, None, &password).await?;
        std::fs::create_dir_all(&cx.config.data_dir)?;
        development::write(&file, &password)?;
        demo::tell(&cx, &password, &file, demo::Next::Start).await
    })
}

/// Fills the demo's own installation unless that was done before, and runs the system on it.
fn own(extent: &Extent, usual: &Settings) -> Result<()> {
    let folder = Path::new(usual.get("DATA_DIR")).join(reset::DEMO);
    let file = folder.join("password");
    let is_filled = file.exists();
    ensure!(
        !(is_filled && extent.is_asked()),
        "There is a demo already, in {}. `./dev demo` runs it, `./dev reset --demo` removes it.",
        folder.display()
    );
    if !is_filled {
        reset::clear(&folder)?;
    }
    let mut settings = settings::checked(&own_settings(usual, &folder))?;
    let _servers = development::start_servers(&mut settings)?;
    let config = Config::read(&settings)?;
    let startup = Startup { config, made: None };
    let mut of_demo = Config::read(&settings)?;
    runtime::run_with(startup, async |startup| {
        if is_filled {
            eprintln!("This demo was filled before. To begin anew: ./dev reset --demo");
        } else {
            // before a minute of work: another program may have the port
            drop(serve::listen_for_api(&mut of_demo.http).await?);
            eprintln!(
                "Filling {} with five weeks of tickets: this takes about a minute.",
                folder.display()
            );
            fill_own(extent, of_demo, &file).await?;
        }
        let password = development::read(&file)?;
        let made = Some(Made::Demo { password });
        // boxed: the future is large
        Box::pin(serve::run(Part::All, Startup { made, ..startup })).await
    })
}

async fn fill_own(extent: &Extent, config: Config, file: &Path) -> Result<()> {
    let password = extent.password().map_or_else(made_up, str::to_owned);
    let made = Made::Demo {
        password: password.clone(),
    };
    let cx = fill(extent, config, Some(&made), &password).await?;
    cx.pool.close().await;
    // last: the file says that the demo is complete
    development::write(file, &password)
}

/// The settings of the demo's own installation.
fn own_settings(usual: &Settings, folder: &Path) -> Vec<(&'static str, String)> {
    let mut own = vec![
        ("DATA_DIR", folder.display().to_string()),
        ("SMTP_URL", String::new()),
        ("SMS_PROVIDER", "file".to_owned()),
        ("BOOTSTRAP_ADMIN_EMAIL", String::new()),
        ("BOOTSTRAP_ADMIN_PASSWORD", String::new()),
    ];
    let (taken, free) = PORT;
    if usual.get("PORT") == taken && !settings::is_in_environment("PORT") {
        own.push(("PORT", free.to_owned()));
    }
    own
}

/// Fills an installation. The log has warnings only, so that thousands of jobs do not hide the progress.
async fn fill(
    extent: &Extent,
    mut config: Config,
    made: Option<&Made>,
    password: &str,
) -> Result<platform::context::Context> {
    config.database.purpose = Purpose::Demo;
    let filling = async {
        let cx = schema::context(config)?;
        schema::prepare(&cx, Schema::Apply, made).await?;
        demo::run(extent, cx.clone(), password).await?;
        Ok(cx)
    };
    Box::pin(filling).with_subscriber(telemetry::quiet()?).await
}

/// A password to type: three times four letters and digits, none of which look alike; 59 random bits.
fn made_up() -> String {
    const SIGNS: &[u8; 30] = b"abcdefghjkmnpqrstuvwxyz2345678";
    let signs = IdSource::random().bytes::<12>();
    let mut text = String::new();
    for (at, sign) in signs.into_iter().enumerate() {
        if at > 0 && at % 4 == 0 {
            text.push('-');
        }
        let sign = SIGNS.get(usize::from(sign) % SIGNS.len());
        text.extend(sign.map(|sign| char::from(*sign)));
    }
    text
}
