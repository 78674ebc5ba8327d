//! `support reset`: removes what first use and the demo have made in `DATA_DIR`. Only known files are removed:
//! `DATA_DIR` may be a folder that has others.

use crate::{development::KEPT, settings};
use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use servers::Idle;
use std::{
    fs,
    io::{self, ErrorKind, IsTerminal, Write},
    path::{Path, PathBuf},
};

/// The folder of the demo in `DATA_DIR`.
pub(crate) const DEMO: &str = "demo";

/// The arguments of `support reset`.
#[derive(Debug, Args)]
pub(crate) struct Reset {
    /// Only the demo
    #[arg(long)]
    demo: bool,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

/// Removes the data, after a question on the terminal.
///
/// # Errors
///
/// A system runs on the data, nobody agrees, or a file cannot be removed.
pub(crate) fn run(reset: &Reset) -> Result<()> {
    let settings = settings::load()?;
    let data = Path::new(settings.get("DATA_DIR"));
    let mut places = vec![data.join(DEMO)];
    if !reset.demo {
        ensure!(
            settings::wants_private_servers(&settings),
            "DATABASE_URL or REDIS_URL is set: only what private servers keep can be removed; \
             `support reset --demo` removes the demo"
        );
        places.push(data.to_owned());
    }
    // both are idle before anything is removed
    let places = places
        .iter()
        .filter_map(|place| Place::of(place).transpose());
    let places = places.collect::<Result<Vec<_>>>()?;
    let Some(whole) = places.last() else {
        say(&format!(
            "There is nothing to remove in {}.\n",
            data.display()
        ))?;
        return Ok(());
    };
    let folder = whole.folder.clone();
    let size = megabytes(size(&folder)?);
    if !reset.yes {
        agreed(&folder, size)?;
    }
    places.into_iter().try_for_each(Place::remove)?;
    let all = "database, mails, uploads and secrets";
    say(&format!(
        "Removed {} ({size} MB): {all}.\n",
        folder.display()
    ))?;
    Ok(())
}

/// Removes the rest of a demo that was interrupted.
///
/// # Errors
///
/// A system runs on the data, or a file cannot be removed.
pub(crate) fn clear(folder: &Path) -> Result<()> {
    Place::of(folder)?.map_or(Ok(()), Place::remove)
}

/// A folder with data that no system uses, and none can while this value lives.
struct Place {
    folder: PathBuf,
    idle: Idle,
}

impl Place {
    fn of(folder: &Path) -> Result<Option<Self>> {
        let idle = servers::idle(folder)?;
        Ok(idle.map(|idle| Self {
            folder: folder.to_owned(),
            idle,
        }))
    }

    fn remove(self) -> Result<()> {
        let Self { folder, idle } = self;
        for path in KEPT.map(|name| folder.join(name)) {
            let removed = if path.is_dir() {
                fs::remove_dir_all(&path)
            } else {
                fs::remove_file(&path)
            };
            unless_absent(removed).with_context(|| format!("cannot remove {}", path.display()))?;
        }
        idle.remove()?;
        match fs::remove_dir(&folder) {
            // files that the program did not make
            Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => Ok(()),
            removed => unless_absent(removed)
                .with_context(|| format!("cannot remove {}", folder.display())),
        }
    }
}

fn unless_absent(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Asks on the terminal.
fn agreed(folder: &Path, size: u64) -> Result<()> {
    let folder = folder.display();
    ensure!(
        io::stdin().is_terminal(),
        "this would remove {folder} ({size} MB): say --yes, since there is no terminal to ask on"
    );
    say(&format!(
        "Remove the databases, mails, uploads and secrets in {folder} ({size} MB)? [y/N] "
    ))?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    if !matches!(answer.trim(), "y" | "Y" | "yes") {
        bail!("nothing was removed");
    }
    Ok(())
}

fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Bytes of a file, or of everything in a folder.
fn size(path: &Path) -> io::Result<u64> {
    let found = fs::symlink_metadata(path)?;
    if !found.is_dir() {
        return Ok(found.len());
    }
    let mut sum = 0_u64;
    for entry in fs::read_dir(path)? {
        sum = sum.saturating_add(size(&entry?.path())?);
    }
    Ok(sum)
}

fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1_000_000)
}
