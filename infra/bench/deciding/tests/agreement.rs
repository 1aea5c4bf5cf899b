//! Thousands of questions to all three.

use deciding::{Agreed, ByCasbin, ByCedar, World, agree};

#[test]
fn all_three_agree_on_every_answer() {
    for organizations in [10, 100, 1_000] {
        let world = World::new(organizations);
        let Agreed { questions, allowed } = agree(&world, &ByCedar::new(&world), &ByCasbin::new(&world));
        println!(
            "{organizations} organizations: all three agree on {questions} questions, {allowed} of them allowed"
        );
        // Neither is nearly everything: three that always refuse would agree, too.
        assert!(questions > 5_000 && allowed > questions / 12 && allowed < questions / 2);
    }
}
