//! The second factor: which codes are good, how often one may be wrong, and who may set it up or take it away.

use std::ops::RangeInclusive;
use std::time::Duration;

use unicode_normalization::UnicodeNormalization as _;

use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::users::Actor;

/// Digits of a code (RFC 6238 with SHA-1: what every authenticator app can do).
pub const DIGITS: u8 = 6;

/// Seconds for which a code is shown.
pub const STEP_SECONDS: u64 = 30;

/// Steps that a person's clock may be off, either way.
pub const SKEW: u16 = 1;

/// How many recovery codes are given out. Each opens once.
pub const RECOVERY_CODES: usize = 10;

/// Letters and digits of a recovery code: today's, with 120 random bits, and those given out before, with 80.
pub const RECOVERY_CODE_LENGTHS: [usize; 2] = [24, 16];

/// With so many recovery codes left, their owner is told.
pub const FEW_RECOVERY_CODES: usize = 2;

/// How long a session lasts that is good for enrolling alone.
pub const ENROLMENT_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// The step that this moment belongs to.
#[must_use]
pub fn step(now: Timestamp) -> u64 {
    u64::try_from(now.as_seconds()).unwrap_or(0) / STEP_SECONDS
}

/// The steps whose codes are good now.
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

/// The step of the last code that was taken, after what was given; none if that does not count.
///
/// A code is good once: that of a step at or before the last one taken is a wrong one. How many wrong ones are looked at in a
/// time is for [`crate::attempts`] to say.
#[must_use]
pub fn judge(last_step: Option<u64>, given: Given, now: Timestamp) -> Option<Option<u64>> {
    match given {
        Given::CodeOf(step) if steps(now).contains(&step) && last_step.is_none_or(|last| last < step) => {
            Some(Some(step))
        }
        Given::RecoveryCode => Some(last_step),
        Given::CodeOf(_) | Given::Wrong => None,
    }
}

/// What was typed as a second factor, cleaned of what apps and people put between the digits. None if it is neither a code of
/// an app nor a recovery code: that is a slip, and no guess.
#[must_use]
pub fn typed(text: &str) -> Option<String> {
    let plain: String = text.nfkc().filter(|character| character.is_alphanumeric()).collect();
    let is_code = plain.len() == usize::from(DIGITS) && plain.bytes().all(|byte| byte.is_ascii_digit());
    let is_recovery_code = plain.is_ascii() && RECOVERY_CODE_LENGTHS.contains(&plain.len());
    (is_code || is_recovery_code).then_some(plain)
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

/// A second factor that is younger counts for nothing in hosts that ask for one: whoever took over a session or a password could
/// have set it up just now.
pub const PROBATION: Duration = Duration::from_secs(24 * 3_600);

/// Whether a second factor is old enough to count in hosts. One of before its age was kept is.
#[must_use]
pub fn is_old_enough_for_hosts(since: Option<Timestamp>, now: Timestamp) -> bool {
    since.is_none_or(|since| now >= since.after(PROBATION))
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
        let taken = |step| judge(None, Given::CodeOf(step), NOW).is_some();
        let good: Vec<u64> = (present() - 3..=present() + 3).filter(|step| taken(*step)).collect();
        assert_eq!(good, [present() - 1, present(), present() + 1]);
        assert_eq!(steps(Timestamp::from_millis(-1)), 0..=1, "a clock before 1970 still gives steps");
        let next = Timestamp::from_millis(NOW.as_millis() + 30_000);
        assert_eq!(step(next), present() + 1);
        assert_eq!(step(Timestamp::from_millis(next.as_millis() - 1)), present());
    }

    #[test]
    fn a_code_is_good_once_and_so_is_every_one_before_it() {
        let last = judge(None, Given::CodeOf(present()), NOW).unwrap();
        assert_eq!(last, Some(present()));
        for old in [present() - 1, present()] {
            assert_eq!(judge(last, Given::CodeOf(old), NOW), None, "{old}");
        }
        assert!(judge(last, Given::CodeOf(present() + 1), NOW).is_some());
        assert_eq!(judge(last, Given::Wrong, NOW), None);
    }

    #[test]
    fn a_recovery_code_does_not_bring_an_old_code_back() {
        let last = judge(Some(present()), Given::RecoveryCode, NOW).unwrap();
        assert_eq!(judge(last, Given::CodeOf(present()), NOW), None);
    }

    #[test]
    fn a_code_is_known_however_an_app_shows_it_and_what_is_none_is_a_slip() {
        for text in
            ["123456", "123 456", " 123\u{a0}456 ", "123-456", "１２３４５６", "12 34 56", "123\u{202f}456"]
        {
            assert_eq!(typed(text).as_deref(), Some("123456"), "{text:?}");
        }
        let code = "abcd-efgh-ijkl-mnop-qrst-uvwx";
        assert_eq!(typed(code).map(|code| code.len()), Some(24));
        assert_eq!(typed("ABCD EFGH IJKL MNOP").map(|code| code.len()), Some(16));
        for text in [
            "",
            "12345",
            "1234567",
            "12345a",
            "hello",
            "abcd-efgh",
            "\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}",
        ] {
            assert_eq!(typed(text), None, "{text:?}");
        }
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
                let actor = Actor { role, reach: Reach::All, who, user: None, groups: [].into() };
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
