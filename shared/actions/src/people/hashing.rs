//! Hashes of passwords with Argon2id, on threads that may block. The number at a time is limited, since each takes
//! 19 MiB. That memory is kept and reused: memory freed on many different threads stays in their heaps, and
//! would add up to hundreds of megabytes.

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

/// The hash of a password. Only [`Passwords::hash`] creates it, on a thread that may block. An action that takes
/// one therefore cannot hash while its transaction is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The hash with its parameters, in PHC format.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Hashes and verifies passwords. A process has one instance, since its limit is that of the process.
#[derive(Debug)]
pub struct Passwords {
    cost: HashCost,
    permits: Arc<Semaphore>,
    memory: Arc<Memory>,
}

/// Working memory that is not in use now. It grows to the most that was used at a time.
#[derive(Debug, Default)]
struct Memory(Mutex<Vec<Vec<Block>>>);

impl Memory {
    /// Writes the Argon2 hash of a password to `out`.
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
    /// Limits the work to one password for every two processors; the others serve requests.
    #[must_use]
    pub fn new(cost: HashCost) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self {
            cost,
            permits: Arc::new(Semaphore::new((processors / 2).max(1))),
            memory: Arc::default(),
        }
    }

    /// The hash of a password, for storage.
    ///
    /// # Errors
    /// [`ActionError::Internal`] when Argon2 failed, for example for lack of memory.
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

    /// Whether the password fits the hash. Without a hash the answer is `false`, after the same time.
    ///
    /// # Errors
    /// [`ActionError::Internal`] when the hash cannot be parsed.
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

    /// The permit moves into the thread: a caller who goes away frees no permit whose work still runs.
    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ActionError> {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| ActionError::Internal("passwords are no longer hashed"))?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        })
        .await
        .map_err(|_| ActionError::Internal("the work on a password was aborted"))
    }
}

/// Verifies with the parameters of the stored hash; the comparison takes constant time.
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
