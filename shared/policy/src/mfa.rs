//! The second factor: which codes are good, how often one may be wrong, and who may set it up or take it away.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::users::Actor;

/// Digits of a code (RFC 6238 with SHA-1: what every authenticator app can do).
pub const DIGITS: u8 = 6;

/// Seconds for which a code is shown.
pub const STEP_SECONDS: u64 = 30;

/// Steps that a person's clock may be off, either way.
pub const SKEW: u16 = 1;

/// After so many wrong codes in a row none is looked at for a while.
pub const WRONG_CODES_ALLOWED: u32 = 5;

/// For so long. Each further wrong code costs the same again, until a right one comes.
pub const LOCK: Duration = Duration::from_secs(15 * 60);

/// How many recovery codes are given out. Each opens once.
pub const RECOVERY_CODES: usize = 10;

/// How long a session lasts that is good for enrolling alone.
pub const ENROLMENT_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// The step that this moment belongs to.
#[must_use]
pub fn step(now: Timestamp) -> u64 {
    u64::try_from(now.as_seconds()).unwrap_or(0) / STEP_SECONDS
}

/// The steps whose codes are good at this moment.
#[must_use]
pub fn steps(now: Timestamp) -> RangeInclusive<u64> {
    let (step, skew) = (step(now), u64::from(SKEW));
    step.saturating_sub(skew)..=step.saturating_add(skew)
}

/// What was given as a second factor, as far as the secrets tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// The code of this step.
    CodeOf(u64),
    /// A recovery code that was not used before.
    RecoveryCode,
    /// Nothing that fits.
    Wrong,
}

/// How a second factor was used until now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Uses {
    /// The step of the last code that was taken.
    pub last_step: Option<u64>,
    /// Wrong codes since the last right one.
    pub failed: u32,
    /// No code is looked at before.
    pub locked_until: Option<Timestamp>,
}

/// What to make of what was given, and what to remember of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It counts.
    Right(Uses),
    /// It does not.
    Wrong(Uses),
    /// It was not looked at, and nothing changes: trying on neither helps nor makes it worse.
    Locked,
}

impl Uses {
    /// Judges what was given. A code is good once: that of a step at or before the last one taken is a wrong one.
    #[must_use]
    pub fn judge(self, given: Given, now: Timestamp) -> Verdict {
        if self.locked_until.is_some_and(|end| now < end) {
            return Verdict::Locked;
        }
        match given {
            Given::CodeOf(step)
                if steps(now).contains(&step) && self.last_step.is_none_or(|last| last < step) =>
            {
                Verdict::Right(Self { last_step: Some(step), ..Self::default() })
            }
            Given::RecoveryCode => Verdict::Right(Self { last_step: self.last_step, ..Self::default() }),
            Given::CodeOf(_) | Given::Wrong => {
                let failed = self.failed.saturating_add(1);
                let locked_until = (failed >= WRONG_CODES_ALLOWED).then(|| now.after(LOCK));
                Verdict::Wrong(Self { failed, locked_until, ..self })
            }
        }
    }
}

/// What a sign-in with the right password still needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needed {
    /// Nothing.
    Nothing,
    /// A code.
    Code,
    /// The account demands a second factor, and the user has none.
    Enrolment,
}

/// What a sign-in with the right password still needs, by the account's setting and whether the user has a second factor.
#[must_use]
pub const fn needed(enforced: bool, has_factor: bool) -> Needed {
    match (has_factor, enforced) {
        (true, _) => Needed::Code,
        (false, true) => Needed::Enrolment,
        (false, false) => Needed::Nothing,
    }
}

/// Whether a session may do anything but enrol, as the home account has it now. A host's setting never prompts its visitors:
/// what counts is the account that they signed in to.
pub const fn admits(enforced: bool, has_factor: bool, session_has_mfa: bool) -> Result<(), Refusal> {
    if enforced && !(has_factor && session_has_mfa) { Err(Refusal::MfaEnrolmentRequired) } else { Ok(()) }
}

/// How a second factor is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// By its owner, who shows that they have it.
    WithCode,
    /// By an Administrator, for someone who has lost it. Ends that user's sessions.
    Reset,
}

impl Actor {
    /// Whether the actor may set up this second factor: everyone the own, nobody another's.
    pub fn may_enrol(&self, is_own: bool) -> Result<(), Refusal> {
        self.is_person()?;
        if is_own { Ok(()) } else { Err(Refusal::MfaNotYours) }
    }

    /// How the actor may take this second factor away: everyone the own with a code, an Administrator another's.
    pub fn may_remove_mfa(&self, is_own: bool) -> Result<Removal, Refusal> {
        self.is_person()?;
        if is_own {
            return Ok(Removal::WithCode);
        }
        self.may_administer().map(|()| Removal::Reset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grants::Reach;
    use crate::role::Role;
    use crate::users::Who;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn present() -> u64 {
        step(NOW)
    }

    #[test]
    fn a_code_is_good_one_step_either_side_and_no_further() {
        let taken = |step| matches!(Uses::default().judge(Given::CodeOf(step), NOW), Verdict::Right(_));
        let good: Vec<u64> = (present() - 3..=present() + 3).filter(|step| taken(*step)).collect();
        assert_eq!(good, [present() - 1, present(), present() + 1]);
        assert_eq!(steps(Timestamp::from_millis(-1)), 0..=1, "a clock before 1970 still gives steps");
        let next = Timestamp::from_millis(NOW.as_millis() + 30_000);
        assert_eq!(step(next), present() + 1);
        assert_eq!(step(Timestamp::from_millis(next.as_millis() - 1)), present());
    }

    #[test]
    fn a_code_is_good_once_and_so_is_every_one_before_it() {
        let Verdict::Right(uses) = Uses::default().judge(Given::CodeOf(present()), NOW) else { panic!() };
        for old in [present() - 1, present()] {
            assert!(matches!(uses.judge(Given::CodeOf(old), NOW), Verdict::Wrong(_)), "{old}");
        }
        assert!(matches!(uses.judge(Given::CodeOf(present() + 1), NOW), Verdict::Right(_)));
    }

    #[test]
    fn a_recovery_code_does_not_bring_an_old_code_back() {
        let Verdict::Right(uses) = Uses::default().judge(Given::CodeOf(present()), NOW) else { panic!() };
        let Verdict::Right(uses) = uses.judge(Given::RecoveryCode, NOW) else { panic!() };
        assert!(matches!(uses.judge(Given::CodeOf(present()), NOW), Verdict::Wrong(_)));
    }

    #[test]
    fn five_wrong_codes_in_a_row_lock_for_fifteen_minutes() {
        let wrong = |uses: Uses, now| match uses.judge(Given::Wrong, now) {
            Verdict::Wrong(after) => after,
            other => panic!("{other:?}"),
        };
        let four = (0..4).fold(Uses::default(), |uses, _| wrong(uses, NOW));
        assert_eq!(four, Uses { failed: 4, ..Uses::default() });
        let five = wrong(four, NOW);
        let end = NOW.after(LOCK);
        assert_eq!(five.locked_until, Some(end));
        let last = Timestamp::from_millis(end.as_millis() - 1);
        for given in [Given::Wrong, Given::RecoveryCode, Given::CodeOf(step(last))] {
            assert_eq!(five.judge(given, last), Verdict::Locked, "{given:?}");
        }
        assert_eq!(wrong(five, end).locked_until, Some(end.after(LOCK)), "the sixth in a row locks again");
        let right = Uses { last_step: Some(step(end)), ..Uses::default() };
        assert_eq!(five.judge(Given::CodeOf(step(end)), end), Verdict::Right(right), "the count starts anew");
        let Verdict::Right(right) = four.judge(Given::CodeOf(present()), NOW) else { panic!() };
        assert_eq!((right.failed, right.locked_until), (0, None));
    }

    #[test]
    fn an_account_that_enforces_mfa_admits_only_sessions_made_with_it() {
        for (enforced, has_factor, session_has_mfa, admitted) in [
            (false, false, false, true),
            (false, true, false, true),
            (false, false, true, true),
            (false, true, true, true),
            (true, false, false, false),
            (true, true, false, false),
            (true, false, true, false),
            (true, true, true, true),
        ] {
            assert_eq!(admits(enforced, has_factor, session_has_mfa).is_ok(), admitted);
        }
        assert_eq!(needed(false, false), Needed::Nothing);
        assert_eq!(needed(true, false), Needed::Enrolment);
        assert_eq!((needed(false, true), needed(true, true)), (Needed::Code, Needed::Code));
    }

    /// Every role, for the own second factor and for another's, as a table to read.
    #[test]
    fn the_table_of_who_may_set_up_and_take_away_a_second_factor() {
        let mut table = String::from("role | sets up the own | another's | takes away the own | another's\n");
        for who in [Who::User, Who::Visitor, Who::Key] {
            for role in Role::ALL {
                let actor = Actor { role, reach: Reach::All, who };
                let set_up = |is_own| actor.may_enrol(is_own).err().map_or("yes", |refusal| refusal.code());
                let take_away = |is_own| match actor.may_remove_mfa(is_own) {
                    Ok(Removal::WithCode) => "with a code",
                    Ok(Removal::Reset) => "resets it",
                    Err(refusal) => refusal.code(),
                };
                let (of, cells) = (
                    match who {
                        Who::User => "",
                        Who::Visitor => ", visiting",
                        Who::Key => ", a key",
                    },
                    [set_up(true), set_up(false), take_away(true), take_away(false)],
                );
                table.push_str(&format!("{role}{of} | {}\n", cells.join(" | ")));
            }
        }
        crate::table::check("who-may-touch-a-second-factor.txt", &table);
    }
}
