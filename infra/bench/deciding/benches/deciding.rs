//! What one answer costs: `policy::decide` beside Cedar and Casbin, on the same questions in the same run.
//!
//! Prepared beforehand, and so not measured: for `decide` the facts of each question, as a check has them after its read; for Cedar
//! the policies, the entities of the whole account with all their ancestors, and each `Request`; for Casbin the enforcer with its
//! compiled matcher and all links, and each question's three strings.
//!
//! Measured: the answer alone. With `decide` that includes its reasons (role, every way, every obstacle), with Cedar its response
//! with the policies that decided, with Casbin also the copy of the list of three shared strings, since `enforce` keeps what it
//! is given. None of them remembers an answer.
//!
//! The time is that of the processor in this thread: other programs on the machine then disturb less.

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput};
use deciding::{Agreed, ByCasbin, ByCedar, World, agree};
use policy::{Timestamp, decide};
use rustix::time::{ClockId, clock_gettime};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut rows = Vec::new();
    for organizations in [10, 100, 1_000] {
        rows.push(compare(&mut criterion, organizations));
    }
    criterion.final_summary();
    println!("| organizations | `decide` | Cedar | Casbin | `decide` to Cedar | `decide` to Casbin |");
    println!("|---:|---:|---:|---:|---:|---:|");
    for row in rows.into_iter().flatten() {
        println!("{row}");
    }
}

/// Measures all three in an account with so many organizations. The row of the table, if all three were measured: a filter on
/// the command line can leave one out.
fn compare(criterion: &mut Criterion, organizations: usize) -> Option<String> {
    let world = World::new(organizations);
    let cedar = ByCedar::new(&world);
    let casbin = ByCasbin::new(&world);
    let Agreed { questions, allowed } = agree(&world, &cedar, &casbin);
    println!(
        "{organizations} organizations: all three agree on {questions} questions, {allowed} of them allowed"
    );
    let asked = world.typical();
    let of_cedar: Vec<_> = asked.iter().map(|asked| cedar.question(asked)).collect();
    let of_casbin: Vec<_> = asked.iter().map(|asked| casbin.question(asked)).collect();
    let now = Timestamp::from_millis(0);

    let mut group = criterion.benchmark_group(format!("{organizations} organizations"));
    group.throughput(Throughput::Elements(asked.len() as u64));
    let ours = measure(&mut group, "decide", asked.len(), || {
        for asked in &asked {
            black_box(decide(black_box(&asked.question), black_box(&asked.facts), now));
        }
    });
    let cedars = measure(&mut group, "Cedar", asked.len(), || {
        for question in &of_cedar {
            black_box(cedar.allows(black_box(question)));
        }
    });
    let casbins = measure(&mut group, "Casbin", asked.len(), || {
        for question in &of_casbin {
            black_box(casbin.allows(black_box(question).clone()));
        }
    });
    group.finish();
    let (ours, cedars, casbins) = (ours?, cedars?, casbins?);
    Some(format!(
        "| {organizations} | {ours:.0} ns | {cedars:.0} ns | {casbins:.0} ns | 1 : {:.0} | 1 : {:.0} |",
        cedars / ours,
        casbins / ours
    ))
}

/// Has Criterion measure one of them. Nanoseconds of the processor for one of the questions: the median of all samples.
fn measure(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    questions: usize,
    mut ask_all: impl FnMut(),
) -> Option<f64> {
    let mut samples = Vec::new();
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|rounds| {
            let start = processor_time();
            for _ in 0..rounds {
                ask_all();
            }
            let spent = processor_time().saturating_sub(start);
            samples.push(spent.as_nanos() as f64 / rounds as f64 / questions as f64);
            spent
        });
    });
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied()
}

/// What this thread has had of the processor.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs().try_into().unwrap_or(0))
}
