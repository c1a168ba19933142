//! Owns passwords: their rules, their hashes, and how many are hashed at once. It does not know users.

use std::{fmt, sync::Arc};

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordVerifier, Version,
    password_hash::{self, PasswordHasher as _, SaltString},
};
use tokio::{sync::Semaphore, task};

use super::{error::ControlError, secret};

/// Cost of a hash: argon2id with 46 MiB, one pass, one lane (OWASP ASVS 5, appendix C).
const MEMORY_KIB: u32 = 46 * 1024;
const PASSES: u32 = 1;
const LANES: u32 = 1;

/// How many are hashed at once. One: the others of a small machine's cores stay with the events.
const WORKERS: usize = 1;
/// How many may wait or be hashed; more are sent away with [`ControlError::PasswordQueueFull`].
const QUEUE: usize = 32;

/// Why a password is not acceptable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("it has fewer than {minimum} characters")]
    TooShort { minimum: usize },
    #[error("it is longer than {limit} bytes")]
    TooLong { limit: usize },
}

/// A password that may be given to a user. Length is the only rule, as NIST SP 800-63B wants it.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// Fewest characters.
    pub const MIN_CHARS: usize = 10;
    /// Most bytes of UTF-8.
    pub const MAX_BYTES: usize = 1024;

    /// Takes a password that a person chose. Nothing is trimmed or folded.
    pub fn parse(text: &str) -> Result<Self, PasswordError> {
        if text.len() > Self::MAX_BYTES {
            return Err(PasswordError::TooLong { limit: Self::MAX_BYTES });
        }
        if text.chars().count() < Self::MIN_CHARS {
            return Err(PasswordError::TooShort { minimum: Self::MIN_CHARS });
        }
        Ok(Self(text.to_owned()))
    }

    /// Draws a password of 100 random bits that can be read out and typed: `x3k7w-…`.
    pub fn random() -> Self {
        let groups: [String; 4] = std::array::from_fn(|_| secret::readable::<5>());
        Self(groups.join("-"))
    }

    /// Returns the text, to show it once. Never log it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    /// Shows nothing of the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Hashes and checks passwords, one at a time and off the async threads.
///
/// Bounded: at most [`QUEUE`] callers wait (below two seconds at the usual 50 ms a hash); then they are refused.
#[derive(Debug, Clone)]
pub(super) struct PasswordHasher {
    queue: Arc<Semaphore>,
    workers: Arc<Semaphore>,
}

impl PasswordHasher {
    pub(super) fn new() -> Self {
        Self { queue: Arc::new(Semaphore::new(QUEUE)), workers: Arc::new(Semaphore::new(WORKERS)) }
    }

    /// Returns the argon2id PHC string of a password, with a new salt.
    pub(super) async fn hash(&self, password: &Password) -> Result<String, ControlError> {
        let plaintext = password.0.clone();
        self.run(move || {
            let salt = SaltString::encode_b64(&secret::random_bytes::<16>())?;
            Ok(argon2()?.hash_password(plaintext.as_bytes(), &salt)?.to_string())
        })
        .await
    }

    /// Returns whether `plaintext` is the password of `stored`. Without a stored hash (the user is unknown) the answer
    /// is no, after the same work.
    pub(super) async fn matches(&self, plaintext: &str, stored: Option<String>) -> Result<bool, ControlError> {
        // What is too long was never stored; only the work has to be done.
        let (plaintext, stored) = if plaintext.len() > Password::MAX_BYTES { ("", None) } else { (plaintext, stored) };
        let plaintext = plaintext.to_owned();
        self.run(move || {
            let Some(stored) = stored else { return waste_the_time_of_a_hash(&plaintext) };
            match argon2()?.verify_password(plaintext.as_bytes(), &PasswordHash::new(&stored)?) {
                Ok(()) => Ok(true),
                Err(password_hash::Error::Password) => Ok(false),
                Err(error) => Err(error),
            }
        })
        .await
    }

    /// Keeps the worker busy until the permit is dropped.
    #[cfg(test)]
    pub(super) async fn take_worker(&self) -> tokio::sync::OwnedSemaphorePermit {
        Arc::clone(&self.workers).acquire_owned().await.unwrap()
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> password_hash::Result<T> + Send + 'static,
    ) -> Result<T, ControlError> {
        let Ok(_place) = self.queue.try_acquire() else { return Err(ControlError::PasswordQueueFull) };
        let worker = Arc::clone(&self.workers).acquire_owned().await.expect("the semaphore is never closed");
        // The permit moves along: when the caller goes away the work goes on, and still counts.
        let done = task::spawn_blocking(move || {
            let _worker = worker;
            work()
        });
        match done.await {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(error)) => Err(ControlError::PasswordHashing { reason: error.to_string() }),
            Err(error) => Err(ControlError::PasswordHashing { reason: error.to_string() }),
        }
    }
}

fn argon2() -> password_hash::Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn waste_the_time_of_a_hash(plaintext: &str) -> password_hash::Result<bool> {
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    argon2()?.hash_password_into(plaintext.as_bytes(), &[0; 16], &mut output)?;
    std::hint::black_box(output);
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_the_only_rule() {
        let longest = "x".repeat(1024);
        let too_long = "x".repeat(1025);
        for (text, expected, why) in [
            ("", Err(PasswordError::TooShort { minimum: 10 }), "empty"),
            ("123456789", Err(PasswordError::TooShort { minimum: 10 }), "nine characters"),
            ("1234567890", Ok(()), "ten characters"),
            ("паролата!", Err(PasswordError::TooShort { minimum: 10 }), "nine characters of more bytes"),
            ("паролата!!", Ok(()), "ten characters in Cyrillic"),
            (longest.as_str(), Ok(()), "1024 bytes"),
            (too_long.as_str(), Err(PasswordError::TooLong { limit: 1024 }), "1025 bytes"),
        ] {
            assert_eq!(Password::parse(text).map(|_| ()), expected, "{why}");
        }
    }

    #[test]
    fn a_random_password_is_acceptable_and_hidden() {
        let password = Password::random();
        assert_eq!(password.reveal().len(), 23);
        assert!(Password::parse(password.reveal()).is_ok());
        assert_ne!(password.reveal(), Password::random().reveal());
        assert!(!format!("{password:?}").contains(password.reveal()));
    }

    #[tokio::test]
    async fn a_hash_is_argon2id_of_the_agreed_cost_and_fits_its_password_only() {
        let hasher = PasswordHasher::new();
        let hash = hasher.hash(&Password::parse("correct horse").unwrap()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"), "{hash}");
        assert!(hasher.matches("correct horse", Some(hash.clone())).await.unwrap());
        assert!(!hasher.matches("correct Horse", Some(hash.clone())).await.unwrap());
        assert!(!hasher.matches("", Some(hash.clone())).await.unwrap());
        assert!(!hasher.matches(&"x".repeat(1 << 20), Some(hash)).await.unwrap());
        assert!(!hasher.matches("correct horse", None).await.unwrap());
    }

    #[tokio::test]
    async fn the_same_password_has_two_hashes() {
        let hasher = PasswordHasher::new();
        let password = Password::random();
        assert_ne!(hasher.hash(&password).await.unwrap(), hasher.hash(&password).await.unwrap());
    }

    #[tokio::test]
    async fn more_than_the_queue_is_sent_away_at_once() {
        let hasher = PasswordHasher::new();
        let worker = hasher.take_worker().await;
        let waiting: Vec<_> = (0..QUEUE)
            .map(|_| {
                let hasher = hasher.clone();
                tokio::spawn(async move { hasher.run(|| Ok(())).await })
            })
            .collect();
        while hasher.queue.available_permits() > 0 {
            task::yield_now().await;
        }
        assert!(matches!(hasher.matches("x", None).await, Err(ControlError::PasswordQueueFull)));
        drop(worker);
        for caller in waiting {
            caller.await.unwrap().unwrap();
        }
    }
}
