//! Owns random secrets and their hashes. It does not store them and does not know passwords.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::{TryRngCore, rngs::OsRng};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The alphabet of text that people may have to type: no `i`, `l`, `o`, `u`. It has 32 letters, so that five random
/// bits are one letter.
const READABLE: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A key or token in plain text. It is shown once to whoever gets it; only its hash is stored.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub(super) fn new(text: String) -> Self {
        Self(text)
    }

    /// Draws 256 random bits; 43 characters that need no escape in a URL or cookie.
    pub(super) fn random() -> Self {
        Self(URL_SAFE_NO_PAD.encode(random_bytes::<32>()))
    }

    /// Returns the text. Never log it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    /// Shows nothing of the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a secret opens. The hash depends on it, so that no kind of secret is ever taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    ApiKey,
    Session,
    /// Of a hash of a session's token: the name by which its user speaks of it.
    SessionName,
    Setup,
    Invitation,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::ApiKey => b"heatline api key\0",
            Self::Session => b"heatline session\0",
            Self::SessionName => b"heatline session name\0",
            Self::Setup => b"heatline setup\0",
            Self::Invitation => b"heatline invitation\0",
        }
    }
}

/// Returns the SHA-256 of a secret as text for the database. A fast hash is enough for 256 random bits.
pub(super) fn digest(purpose: Purpose, plaintext: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(purpose.label());
    hash.update(plaintext.as_bytes());
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

/// Returns whether `plaintext` is the secret whose digest is `stored`, in a time that does not tell how near it was.
pub(super) fn matches(stored: &str, purpose: Purpose, plaintext: &str) -> bool {
    digest(purpose, plaintext).as_bytes().ct_eq(stored.as_bytes()).into()
}

/// Draws letters and digits that people can read to each other; five random bits each.
pub(super) fn readable<const LENGTH: usize>() -> String {
    random_bytes::<LENGTH>().iter().map(|byte| char::from(READABLE[usize::from(byte & 31)])).collect()
}

/// Draws random bytes from the operating system.
pub(super) fn random_bytes<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    OsRng.try_fill_bytes(&mut bytes).expect("the operating system gives random bytes once it has started");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_256_bits_and_never_shows_itself() {
        let (one, other) = (Secret::random(), Secret::random());
        assert_eq!(one.reveal().len(), 43);
        assert_ne!(one.reveal(), other.reveal());
        assert!(!format!("{one:?}").contains(one.reveal()));
    }

    #[test]
    fn a_digest_fits_only_its_secret_and_purpose() {
        let stored = digest(Purpose::Session, "abc");
        assert!(matches(&stored, Purpose::Session, "abc"));
        assert!(!matches(&stored, Purpose::Session, "abd"));
        assert!(!matches(&stored, Purpose::ApiKey, "abc"));
        assert!(!matches(&stored, Purpose::Setup, "abc"));
        assert!(!matches("", Purpose::Session, "abc"));
    }
}
