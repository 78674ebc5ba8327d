//! A folder for a program that runs without an `App`.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A folder that goes when the test has passed.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let own = format!("support-{name}-{}", std::process::id());
        Self(std::env::temp_dir().join(own))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }
}
