//! Passwords: Argon2id, worked on by threads that may block, and only so many at a time, since each
//! takes 19 MiB. That memory is kept and used again: what is freed on ever other threads stays
//! with their heaps, and would add up to hundreds of megabytes.

use crate::error::ActionError;
use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{self, Output, ParamsString, Salt},
};
use domain::people::{HashCost, Password, password::NOBODY};
use secrecy::{ExposeSecret, SecretString};
use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::Semaphore;

/// The hash of a password. [`Passwords::hash`] alone makes one, off the async threads and with no
/// transaction open: whoever asks for one asks for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// As it is kept, with its parameters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Hashes and verifies. One for each process: its limit is the process's.
#[derive(Debug)]
pub struct Passwords {
    cost: HashCost,
    permits: Arc<Semaphore>,
    memory: Arc<Memory>,
}

/// Working memory that is not in use now: as much as was ever used at a time.
#[derive(Debug, Default)]
struct Memory(Mutex<Vec<Vec<Block>>>);

impl Memory {
    /// Argon2 of a password into `out`.
    fn derive(
        &self,
        argon2: &Argon2<'_>,
        password: &SecretString,
        salt: &[u8],
        out: &mut [u8],
    ) -> argon2::Result<()> {
        let idle = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut memory = idle().pop().unwrap_or_default();
        memory.resize(
            memory.len().max(argon2.params().block_count()),
            Block::new(),
        );
        let password = password.expose_secret().as_bytes();
        let derived = argon2.hash_password_into_with_memory(password, salt, out, &mut memory);
        idle().push(memory);
        derived
    }
}

const UNHASHABLE: ActionError = ActionError::Internal("a password could not be hashed");
const UNREADABLE: ActionError = ActionError::Internal("a stored password hash could not be read");

impl Passwords {
    /// As many at a time as half of the processors can do: the others answer requests.
    #[must_use]
    pub fn new(cost: HashCost) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self {
            cost,
            permits: Arc::new(Semaphore::new((processors / 2).max(1))),
            memory: Arc::default(),
        }
    }

    /// The hash to keep, with its parameters.
    ///
    /// # Errors
    /// Argon2 failed, as it does for want of memory.
    pub async fn hash(
        &self,
        password: &Password,
        salt: [u8; 16],
    ) -> Result<PasswordHash, ActionError> {
        let password = password.secret().clone();
        let memory = Arc::clone(&self.memory);
        let HashCost { memory_kib, passes } = self.cost;
        self.off_thread(move || {
            let params = Params::new(memory_kib, passes, 1, None).map_err(|_| UNHASHABLE)?;
            let argon2 = Argon2::new(Algorithm::default(), Version::default(), params);
            let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
            memory
                .derive(&argon2, &password, &salt, &mut out)
                .map_err(|_| UNHASHABLE)?;
            let hash = phc::PasswordHash {
                algorithm: Algorithm::default().ident(),
                version: Some(Version::default().into()),
                params: ParamsString::try_from(argon2.params()).map_err(|_| UNHASHABLE)?,
                salt: Some(Salt::new(&salt).map_err(|_| UNHASHABLE)?),
                hash: Some(Output::new(&out).map_err(|_| UNHASHABLE)?),
            };
            Ok(PasswordHash(hash.to_string()))
        })
        .await?
    }

    /// Whether this is the password of that hash. Without a hash it is not, and takes as long.
    ///
    /// # Errors
    /// The hash cannot be read.
    pub async fn verify(
        &self,
        password: SecretString,
        hash: Option<String>,
    ) -> Result<bool, ActionError> {
        let memory = Arc::clone(&self.memory);
        self.off_thread(move || {
            let known = hash.is_some();
            let fits = fits(&memory, &password, hash.as_deref().unwrap_or(NOBODY))?;
            Ok(known && fits)
        })
        .await?
    }

    /// The permit travels with the work: a caller who goes away frees no place that is still taken.
    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ActionError> {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| ActionError::Internal("passwords are not worked on any more"))?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        })
        .await
        .map_err(|_| ActionError::Internal("a password was not worked on to the end"))
    }
}

/// By the parameters that the hash was made with; compared in constant time.
fn fits(memory: &Memory, password: &SecretString, hash: &str) -> Result<bool, ActionError> {
    let hash = phc::PasswordHash::new(hash).map_err(|_| UNREADABLE)?;
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else {
        return Err(UNREADABLE);
    };
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).map_err(|_| UNREADABLE)?;
    let version = hash
        .version
        .map_or(Ok(Version::default()), Version::try_from);
    let params = Params::try_from(&hash).map_err(|_| UNREADABLE)?;
    let argon2 = Argon2::new(algorithm, version.map_err(|_| UNREADABLE)?, params);
    let mut out = [0; Output::MAX_LENGTH];
    let out = out.get_mut(..expected.len()).ok_or(UNREADABLE)?;
    memory
        .derive(&argon2, password, salt, out)
        .map_err(|_| UNREADABLE)?;
    Ok(Output::new(out).is_ok_and(|derived| derived == *expected))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::field_error::FieldErrors;

    fn parsed(text: &str) -> Option<Password> {
        Password::parse(&mut FieldErrors::new(), "password", Some(text))
    }

    #[tokio::test]
    async fn a_password_fits_its_own_hash_and_no_other() {
        let passwords = Passwords::new(HashCost::OWASP);
        let password = parsed("SecurePass123!").unwrap();
        let hash = passwords.hash(&password, [7; 16]).await.unwrap();
        let hash = hash.as_str().to_owned();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let verify = async |text: &str, hash| passwords.verify(text.into(), hash).await.unwrap();
        assert!(verify("SecurePass123!", Some(hash.clone())).await);
        assert!(!verify("SecurePass123?", Some(hash)).await);
        assert!(!verify("SecurePass123!", None).await);
    }
}
