//! How often one answer asks for memory. A count, the same on every machine.

use std::hint::black_box;

use allocation_counter::measure;
use deciding::{ByCasbin, ByCedar, World};
use policy::{Timestamp, decide};

#[test]
fn an_answer_asks_for_memory_a_few_times_at_most() {
    println!("| organizations | decide: fewest, mean, most | Cedar, mean | Casbin, mean |");
    println!("|---:|---:|---:|---:|");
    for organizations in [10, 100, 1_000] {
        let world = World::new(organizations);
        let cedar = ByCedar::new(&world);
        let casbin = ByCasbin::new(&world);
        let mut counts: [Vec<u64>; 3] = Default::default();
        for asked in world.typical() {
            let now = Timestamp::from_millis(0);
            let of_cedar = cedar.question(&asked);
            let of_casbin = casbin.question(&asked);
            // What is allocated is counted, and not whether it is given back: that happens in here, too.
            let mut count =
                |index: usize, answer: &mut dyn FnMut()| counts[index].push(measure(answer).count_total);
            count(0, &mut || drop(black_box(decide(&asked.question, &asked.facts, now))));
            count(1, &mut || {
                black_box(cedar.allows(&of_cedar));
            });
            let mut of_casbin = Some(of_casbin);
            count(2, &mut || {
                black_box(of_casbin.take().map(|question| casbin.allows(question)));
            });
        }
        let mean = |counts: &[u64]| counts.iter().sum::<u64>() as f64 / counts.len() as f64;
        let [ours, cedars, casbins] = &counts;
        let (fewest, most) = (ours.iter().min().unwrap(), ours.iter().max().unwrap());
        println!(
            "| {organizations} | {fewest}, {:.1}, {most} | {:.0} | {:.0} |",
            mean(ours),
            mean(cedars),
            mean(casbins)
        );
        assert!(*most <= MOST, "an answer of decide now asks for memory {most} times");
    }
}

/// Twice for the ways in which the organization is had, once for what is in the way.
const MOST: u64 = 3;
