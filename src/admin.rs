//! `support admin create`. The password comes from a file or from standard input, or it is generated
//! and printed; never from the command line, which every process of the machine can read.

use crate::{
    development::secret,
    schema::{self, Schema, explained},
    settings::Startup,
};
use actions::{
    error::ActionError,
    people::{Passwords, create_admin, new_admin},
};
use anyhow::{Context as _, Result};
use clap::Args;
use domain::{actor::Initiator, people::PersonInput};
use std::{
    fs,
    io::{self, Read, Write},
    path::PathBuf,
};

/// The arguments of `support admin create`.
#[derive(Debug, Args)]
pub(crate) struct NewAdmin {
    /// E-mail address
    #[arg(long)]
    email: String,
    /// Given name
    #[arg(long)]
    first_name: String,
    /// Family name
    #[arg(long)]
    last_name: String,
    /// Phone number in the international form, such as +254712345678
    #[arg(long)]
    phone: String,
    /// Take the password from this file; `-` is standard input. Without it one is made up and
    /// printed
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

/// Creates the admin and prints the id, and the password if it was generated.
///
/// # Errors
///
/// The password cannot be read, the database is not available, or a field has an error.
pub(crate) async fn create(new: NewAdmin, startup: Startup) -> Result<()> {
    let given = new.password_file.as_deref().map(read).transpose()?;
    let (cx, _) = schema::open(startup, Schema::Await).await?;
    let made_up = given.is_none().then(|| secret(&cx.ids));
    let person = PersonInput {
        first_name: Some(new.first_name),
        last_name: Some(new.last_name),
        email: Some(new.email.clone()),
        phone_number: Some(new.phone),
        password: given.or_else(|| made_up.clone()),
        ..PersonInput::default()
    };
    let creating = async {
        let admin = new_admin(person)?;
        let passwords = Passwords::new(cx.config.auth.hash_cost);
        let hash = passwords.hash(admin.password(), cx.ids.bytes()).await?;
        let mut work = cx.begin(Initiator::System).await?;
        let id = create_admin(&mut work, &admin, hash).await?;
        work.commit().await?;
        Ok::<_, ActionError>(id)
    };
    let id = creating.await.map_err(explained)?;
    let mut out = io::stdout().lock();
    writeln!(out, "Created the admin {} ({id}).", new.email)?;
    if let Some(password) = made_up {
        writeln!(out, "Password: {password}")?;
    }
    Ok(())
}

/// The first line of the file.
fn read(file: &std::path::Path) -> Result<String> {
    let mut text = String::new();
    if file == std::path::Path::new("-") {
        io::stdin()
            .read_to_string(&mut text)
            .context("the password cannot be read from standard input")?;
    } else {
        text = fs::read_to_string(file)
            .with_context(|| format!("the password cannot be read from {}", file.display()))?;
    }
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
