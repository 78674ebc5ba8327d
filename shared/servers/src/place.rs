//! The directories of the servers, and the user that they run as.
//!
//! The servers trust every client that can open their sockets, so their directories are closed to
//! other users, and a directory that another user made is refused.

use crate::ServersError;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The longest path of a data directory. A socket's path holds 103 bytes on macOS and 107 on Linux,
/// of which `/run/.s.PGSQL.5432` takes 18.
const LONGEST_DATA_PATH: usize = 80;

const ROOT: u32 = 0;

/// The directories of one set of servers.
pub(super) struct Place {
    /// Holds the logs and a directory for each server.
    pub data: PathBuf,
    /// Holds the sockets. Its path has only characters without a meaning in a URL.
    pub run: PathBuf,
    /// The user that the servers run as; `None`: the current user.
    user: Option<User>,
    /// The current user.
    uid: u32,
}

#[derive(Clone, Copy)]
struct User {
    uid: u32,
    gid: u32,
}

impl Place {
    /// Chooses and creates the directories for the servers of `dir`.
    ///
    /// # Errors
    /// A directory cannot be created, or belongs to another user.
    pub fn prepare(dir: &Path) -> Result<Self, ServersError> {
        fs::create_dir_all(dir).map_err(ServersError::file("create", dir))?;
        let dir = dir
            .canonicalize()
            .map_err(ServersError::file("resolve", dir))?;
        let uid = own_uid()?;
        let user = if uid == ROOT {
            Some(unprivileged_user(&dir)?)
        } else {
            None
        };
        let mut place = Self {
            data: dir.clone(),
            run: PathBuf::new(),
            user,
            uid,
        };
        if !place.servers_reach(&dir)? {
            // A checkout in root's home.
            place.data = Path::new("/var/tmp").join(short_name(&dir));
            place.own_directory(&place.data, 0o711)?;
        }
        place.run = if fits_a_socket(&place.data) {
            place.data.join("run")
        } else {
            Path::new("/tmp").join(short_name(&place.data))
        };
        place.private_directory(&place.run)?;
        Ok(place)
    }

    /// Creates a directory that only the servers (and root) can enter.
    ///
    /// # Errors
    /// The directory cannot be created, or belongs to another user.
    pub fn private_directory(&self, path: &Path) -> Result<(), ServersError> {
        self.own_directory(path, 0o700)?;
        self.give_to_servers(path)
    }

    /// Changes the owner of a file to the user of the servers.
    ///
    /// # Errors
    /// The owner cannot be changed.
    pub fn give_to_servers(&self, path: &Path) -> Result<(), ServersError> {
        self.user.map_or(Ok(()), |user| {
            chown(path, Some(user.uid), Some(user.gid))
                .map_err(ServersError::file("give away", path))
        })
    }

    /// A command that runs as the servers do, outside of our process group: a Ctrl-C is for this
    /// process, which needs the servers while it finishes.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir("/")
            .stdin(Stdio::null())
            .process_group(0);
        if let Some(user) = self.user {
            command.uid(user.uid).gid(user.gid);
        }
        command
    }

    fn own_directory(&self, path: &Path, mode: u32) -> Result<(), ServersError> {
        match fs::DirBuilder::new().mode(mode).create(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(ServersError::file("create", path)(error));
            }
            Ok(()) | Err(_) => {}
        }
        let found = fs::symlink_metadata(path).map_err(ServersError::file("look at", path))?;
        let ours = found.uid() == self.uid || self.user.is_some_and(|user| user.uid == found.uid());
        if !(found.is_dir() && ours) {
            return Err(ServersError::Foreign {
                path: path.to_owned(),
            });
        }
        fs::set_permissions(path, Permissions::from_mode(mode))
            .map_err(ServersError::file("close to others", path))
    }

    fn servers_reach(&self, dir: &Path) -> Result<bool, ServersError> {
        if self.user.is_none() {
            return Ok(true);
        }
        self.command("sh")
            .args(["-c", r#"cd "$1" 2>/dev/null"#, "reach"])
            .arg(dir)
            .status()
            .map(|status| status.success())
            .map_err(ServersError::run("sh"))
    }
}

fn own_uid() -> Result<u32, ServersError> {
    let output = Command::new("id")
        .arg("-u")
        .output()
        .map_err(ServersError::run("id"))?;
    String::from_utf8_lossy(&output.stdout)
        .trim()
        .parse()
        .map_err(|error| ServersError::run("id")(io::Error::other(error)))
}

/// The owner of the directory, so that they can still use it; when that is root, PostgreSQL's own
/// user, or nobody.
fn unprivileged_user(dir: &Path) -> Result<User, ServersError> {
    let owner = fs::metadata(dir)
        .map_err(ServersError::file("look at", dir))?
        .uid();
    let accounts = Path::new("/etc/passwd");
    let accounts = fs::read_to_string(accounts).map_err(ServersError::file("read", accounts))?;
    let find = |wanted: &dyn Fn(&str, User) -> bool| {
        accounts.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            let mut numbers = fields.skip(1).map_while(|field| field.parse().ok());
            let user = User {
                uid: numbers.next()?,
                gid: numbers.next()?,
            };
            (user.uid != ROOT && wanted(name, user)).then_some(user)
        })
    };
    find(&|_, user| user.uid == owner)
        .or_else(|| find(&|name, _| name == "postgres"))
        .or_else(|| find(&|name, _| name == "nobody"))
        .ok_or(ServersError::NoUnprivilegedUser)
}

fn fits_a_socket(data: &Path) -> bool {
    let bytes = data.as_os_str().as_encoded_bytes();
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-".contains(byte);
    bytes.len() < LONGEST_DATA_PATH && bytes.iter().all(plain)
}

/// A name for a directory: the FNV-1a hash of its path. The standard library's hashes may change
/// with the compiler, and the data would seem lost.
fn short_name(dir: &Path) -> String {
    let hash = dir
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("baitech-support-{hash:016x}")
}
