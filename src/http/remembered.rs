//! Owns answers that are good for a while: the longer it took to make one, the longer it is kept, so that who asks for public
//! pictures takes at most a hundredth of the time of ClickHouse. It does not know what it keeps.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Most answers; one more, and the one that was made first is forgotten.
const MOST: usize = 512;
/// An answer is kept for so many times what it took …
const TIMES: u32 = 100;
/// … but no longer than this.
const LONGEST: Duration = Duration::from_hours(1);

/// Answers by what was asked.
pub struct Remembered<Asked, Answer>(Mutex<HashMap<Asked, Kept<Answer>>>);

struct Kept<Answer> {
    made: Instant,
    until: Instant,
    answer: Answer,
}

impl<Asked, Answer> Default for Remembered<Asked, Answer> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<Asked: Hash + Eq + Copy, Answer: Clone> Remembered<Asked, Answer> {
    /// Returns an answer that is still good.
    pub fn find(&self, asked: Asked) -> Option<Answer> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&asked).filter(|kept| kept.until > Instant::now()).map(|kept| kept.answer.clone())
    }

    /// Keeps an answer that was begun at `started`, for `shortest` at least.
    pub fn keep(&self, asked: Asked, started: Instant, shortest: Duration, answer: Answer) {
        let made = Instant::now();
        let until = made + (made.duration_since(started) * TIMES).clamp(shortest, LONGEST);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST && !all.contains_key(&asked) {
            let oldest = all.iter().min_by_key(|(_, kept)| kept.made).map(|(asked, _)| *asked);
            oldest.and_then(|oldest| all.remove(&oldest));
        }
        all.insert(asked, Kept { made, until, answer });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_took_long_is_kept_long() {
        let remembered = Remembered::default();
        let shortest = Duration::from_secs(1);
        remembered.keep(1, Instant::now(), shortest, "quick");
        remembered.keep(2, Instant::now().checked_sub(Duration::from_secs(2)).unwrap(), shortest, "slow");
        let all = remembered.0.lock().unwrap();
        let left = |asked: u32| all[&asked].until.duration_since(all[&asked].made);
        assert_eq!(left(1), shortest);
        assert!(left(2) >= Duration::from_secs(200) && left(2) < LONGEST);
    }

    #[test]
    fn there_are_so_many_and_no_more() {
        let remembered = Remembered::default();
        for asked in 0..=MOST {
            remembered.keep(asked, Instant::now(), LONGEST, asked);
        }
        assert_eq!(remembered.0.lock().unwrap().len(), MOST);
        assert_eq!((remembered.find(0), remembered.find(MOST)), (None, Some(MOST)), "the first is forgotten");
    }

    #[test]
    fn what_is_old_is_not_found() {
        let remembered = Remembered::default();
        remembered.keep(1, Instant::now(), Duration::ZERO, "old");
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(remembered.find(1), None);
    }
}
