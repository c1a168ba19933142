//! Owns the pictures that were drawn lately, by what they show: each is good for as long as somebody wants it.

use std::{
    collections::HashMap,
    mem,
    sync::{Mutex, PoisonError},
};

use super::Form;
use crate::{badge::content::Badge, http::shelf::Made};

/// What names a picture: a hash of all that is in it.
pub type Key = [u8; 32];

/// Most bytes of the pictures of one generation; there are two.
const GENERATION_BYTES: usize = 8 << 20;
/// What a picture takes besides its bytes.
const OVERHEAD_BYTES: usize = 200;

/// Two generations: what was not asked for since the younger began goes when that is full.
#[derive(Default)]
pub struct Pictures(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<Key, Made>,
    young_bytes: usize,
    old: HashMap<Key, Made>,
}

/// Returns the name of a badge in a form.
pub fn key(badge: &Badge, form: Form) -> Key {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[form as u8]);
    hasher.update(format!("{badge:?}").as_bytes());
    *hasher.finalize().as_bytes()
}

impl Pictures {
    /// Returns a picture that was drawn before.
    pub fn find(&self, key: &Key) -> Option<Made> {
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = generations.young.get(key) {
            return Some(made.clone());
        }
        let made = generations.old.remove(key)?;
        generations.keep(*key, made.clone());
        Some(made)
    }

    /// Keeps a picture.
    pub fn keep(&self, key: Key, made: Made) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keep(key, made);
    }
}

impl Generations {
    fn keep(&mut self, key: Key, made: Made) {
        let bytes = made.bytes.len() + OVERHEAD_BYTES;
        if self.young_bytes + bytes > GENERATION_BYTES {
            self.old = mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        if self.young.insert(key, made).is_none() {
            self.young_bytes += bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::web::Bytes;

    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let pictures = Pictures::default();
        let made = Made::of(Bytes::from(vec![0; 1 << 20]));
        let key = |number: u8| [number; 32];
        for number in 0..30 {
            pictures.keep(key(number), made.clone());
            assert!(pictures.find(&key(0)).is_some(), "{number}");
        }
        assert!(pictures.find(&key(1)).is_none());
        let generations = pictures.0.lock().unwrap();
        assert!(generations.young.len() + generations.old.len() <= 16);
    }
}
