//! Owns values that visitors of a site share: each is kept once, with the number of visitors who have it now. It does not
//! know what the values mean.

use std::hash::{BuildHasher, Hash, RandomState};

use hashbrown::HashTable;

/// No value.
pub(super) const NONE: u32 = u32::MAX;

/// Values by number. A number stays with its value for as long as somebody holds it.
pub(super) struct Counted<K> {
    slots: Vec<Slot<K>>,
    free: Vec<u32>,
    index: HashTable<u32>,
    /// Visitors choose paths: the standard hasher keeps them from choosing collisions.
    hasher: RandomState,
}

struct Slot<K> {
    /// None: nobody holds the number.
    value: Option<K>,
    held: u32,
    here: u32,
}

impl<K> Default for Counted<K> {
    fn default() -> Self {
        Self { slots: Vec::new(), free: Vec::new(), index: HashTable::new(), hasher: RandomState::new() }
    }
}

impl<K: Hash + Eq + Ord + Clone> Counted<K> {
    /// Takes hold of a value and returns its number.
    pub fn hold(&mut self, value: &K) -> u32 {
        let hash = self.hasher.hash_one(value);
        let slots = &self.slots;
        let is_it = |id: &u32| slots[*id as usize].value.as_ref() == Some(value);
        if let Some(&id) = self.index.find(hash, is_it) {
            self.slots[id as usize].held += 1;
            return id;
        }
        let slot = Slot { value: Some(value.clone()), held: 1, here: 0 };
        let id = if let Some(id) = self.free.pop() {
            self.slots[id as usize] = slot;
            id
        } else {
            self.slots.push(slot);
            // A site has fewer visitors than this, and each holds a few values.
            u32::try_from(self.slots.len() - 1).unwrap_or(NONE - 1)
        };
        let (slots, hasher) = (&self.slots, &self.hasher);
        self.index.insert_unique(hash, id, |id| hash_of(hasher, &slots[*id as usize]));
        id
    }

    /// Lets go of a number. When the last one does, its value is forgotten.
    pub fn release(&mut self, id: u32) {
        let slot = &mut self.slots[id as usize];
        slot.held -= 1;
        if slot.held > 0 {
            return;
        }
        let hash = hash_of(&self.hasher, slot);
        slot.value = None;
        if let Ok(found) = self.index.find_entry(hash, |other| *other == id) {
            found.remove();
        }
        self.free.push(id);
    }

    /// One visitor more has the value.
    pub fn come(&mut self, id: u32) {
        self.slots[id as usize].here += 1;
    }

    /// One visitor less has it.
    pub fn go(&mut self, id: u32) {
        self.slots[id as usize].here -= 1;
    }

    /// Returns the value of a number that is held.
    pub fn get(&self, id: u32) -> Option<&K> {
        self.slots.get(id as usize).and_then(|slot| slot.value.as_ref())
    }

    /// Returns the number of a value that somebody holds.
    pub fn find(&self, value: &K) -> Option<u32> {
        let is_it = |id: &u32| self.slots[*id as usize].value.as_ref() == Some(value);
        self.index.find(self.hasher.hash_one(value), is_it).copied()
    }

    /// Returns how many visitors have a value now.
    pub fn here(&self, value: &K) -> u64 {
        self.find(value).map_or(0, |id| u64::from(self.slots[id as usize].here))
    }

    /// Returns the values that most visitors have, most first, then by value, at most `most`.
    ///
    /// Walks the values and not the visitors: a site has some thousand pages, and a day's paths are capped.
    pub fn top(&self, most: usize) -> Vec<(&K, u64)> {
        let mut all: Vec<(&K, u64)> = self.all_here().collect();
        let order = |a: &(&K, u64), b: &(&K, u64)| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0));
        if all.len() > most {
            all.select_nth_unstable_by(most, order);
            all.truncate(most);
        }
        all.sort_unstable_by(order);
        all
    }

    /// Returns the values that anybody has now, in no order.
    pub fn all_here(&self) -> impl Iterator<Item = (&K, u64)> {
        let here = self.slots.iter().filter(|slot| slot.here > 0);
        here.filter_map(|slot| Some((slot.value.as_ref()?, u64::from(slot.here))))
    }

    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }
}

fn hash_of<K: Hash>(hasher: &RandomState, slot: &Slot<K>) -> u64 {
    slot.value.as_ref().map_or(0, |value| hasher.hash_one(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_kept_once_and_forgotten_with_its_last_holder() {
        let mut counted = Counted::<&str>::default();
        let (a, again, b) = (counted.hold(&"a"), counted.hold(&"a"), counted.hold(&"b"));
        assert_eq!(a, again);
        assert_ne!(a, b);
        counted.release(a);
        assert_eq!(counted.get(a), Some(&"a"));
        counted.release(a);
        assert_eq!((counted.get(a), counted.find(&"a")), (None, None));
        assert_eq!(counted.hold(&"c"), a, "its number is given again");
        counted.release(b);
        counted.release(a);
        assert!(counted.is_empty());
    }

    #[test]
    fn the_first_of_equals_is_the_first_by_name() {
        let mut counted = Counted::<u32>::default();
        for value in (0..100).rev() {
            let id = counted.hold(&value);
            counted.come(id);
            if value == 70 {
                counted.come(id);
            }
        }
        assert_eq!(counted.top(3), [(&70, 2), (&0, 1), (&1, 1)]);
        assert_eq!(counted.top(1000).len(), 100);
        assert_eq!((counted.here(&70), counted.here(&100)), (2, 0));
    }
}
