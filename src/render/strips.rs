//! Owns the sharing of work between cores. Who gets which part is chance, what comes out is not.

use std::{
    num::NonZero,
    panic::resume_unwind,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Most threads at one picture. More would serve a single request faster and all others later.
const MOST_THREADS: usize = 2;

/// Returns what `work` makes of every number below `count`, in order.
pub fn each<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let mut done = shared(count, || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return done;
            }
            done.push((number, work(number)));
        }
    });
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, made)| made).collect()
}

/// Calls `work` for every strip of `length` values with its number; the last one may be shorter.
pub fn each_of<V: Send>(values: &mut [V], length: usize, work: impl Fn(usize, &mut [V]) + Sync) {
    let count = values.len().div_ceil(length.max(1));
    let strips = Mutex::new(values.chunks_mut(length.max(1)).enumerate());
    shared(count, || -> Vec<()> {
        loop {
            let strip = strips.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((number, strip)) = strip else { return Vec::new() };
            work(number, strip);
        }
    });
}

/// Runs `work` on as many threads as are worth it for `count` parts, and returns what all of them return.
fn shared<T: Send>(count: usize, work: impl Fn() -> Vec<T> + Sync) -> Vec<T> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    if cores.min(MOST_THREADS).min(count) < 2 {
        return work();
    }
    thread::scope(|scope| {
        let other = scope.spawn(&work);
        let mut all = work();
        all.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order() {
        assert_eq!(each(1000, |number| number * 2), (0..1000).map(|number| number * 2).collect::<Vec<_>>());
        assert_eq!(each(0, |number| number), [0usize; 0]);
    }

    #[test]
    fn every_strip_is_worked_on_once() {
        let mut values = vec![0usize; 1003];
        each_of(&mut values, 10, |number, strip| strip.iter_mut().for_each(|value| *value += number + 1));
        assert!(values.iter().enumerate().all(|(at, &value)| value == at / 10 + 1));
    }
}
