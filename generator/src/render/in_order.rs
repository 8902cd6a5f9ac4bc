//! Many jobs by all threads, begun in the order of the list: whoever prepares what they need can go before them.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// How many jobs a thread takes at once.
const TAKEN: usize = 16;

/// What becomes of some items after each other, in the order of the items. After the first failure nothing more is begun.
///
/// Rayon's own iterators split a list into halves, and begin with several of its parts at once.
pub fn map<I: Sync, T: Send, E: Send>(
    items: &[I],
    make: impl Fn(&[I]) -> Result<T, E> + Sync,
) -> Result<Vec<T>, E> {
    let bundles: Vec<&[I]> = items.chunks(TAKEN).collect();
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let by_thread = rayon::broadcast(|_| {
        let mut made = Vec::new();
        while !failed.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(bundle) = bundles.get(number) else { break };
            let of_bundle = make(bundle).inspect_err(|_| failed.store(true, Ordering::Relaxed))?;
            made.push((number, of_bundle));
        }
        Ok(made)
    });
    let mut made = Vec::with_capacity(bundles.len());
    for of_thread in by_thread {
        made.append(&mut of_thread?);
    }
    made.sort_unstable_by_key(|(number, _)| *number);
    Ok(made.into_iter().map(|(_, made)| made).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_in_the_order_of_what_it_was_made_of() {
        let items: Vec<usize> = (0..1000).collect();
        let doubled = map(&items, |items| Ok::<_, ()>(items.iter().map(|item| item * 2).collect::<Vec<_>>()));
        assert_eq!(doubled.unwrap().concat(), items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert_eq!(map(&[], |items: &[usize]| Ok::<_, ()>(items.len())), Ok(vec![]));
    }

    #[test]
    fn they_are_begun_in_that_order() {
        let items: Vec<usize> = (0..10_000).collect();
        let begun = AtomicUsize::new(0);
        let late =
            |items: &[usize]| Ok::<_, ()>(begun.fetch_add(items.len(), Ordering::SeqCst).abs_diff(items[0]));
        let late = map(&items, late).unwrap();
        // Each thread may be anywhere in what it has taken; one that was held up is told by nobody else's distance.
        let far = late.iter().filter(|distance| **distance > TAKEN * rayon::current_num_threads()).count();
        assert!(far < late.len() / 10, "{far} of {} were begun far from their place", late.len());
    }

    #[test]
    fn after_a_failure_nothing_more_is_begun() {
        let items: Vec<usize> = (0..100_000).collect();
        let begun = AtomicUsize::new(0);
        let failed = map(&items, |items| {
            begun.fetch_add(items.len(), Ordering::SeqCst);
            if items.contains(&5) { Err("five") } else { Ok(()) }
        });
        assert_eq!(failed, Err("five"));
        assert!(begun.into_inner() < items.len());
    }
}
