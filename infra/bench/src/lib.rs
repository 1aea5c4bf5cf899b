//! Benchmarks, run by `cargo bench -p bench`. Each stands beside what it is measured against, so that ratios can be read off one
//! run.
