//! Codes from authenticator apps (RFC 6238): the secret that an app shares with us, and the step that a code belongs to.

use std::fmt;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use policy::Timestamp;
use policy::mfa::{DIGITS, SKEW, STEP_SECONDS};
use totp_rs::{Algorithm, Builder, Secret, Totp};

/// What an authenticator app and we both know: 160 bits, as RFC 4226 recommends.
pub struct TotpSecret(Secret);

/// There was no randomness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no secret could be made")]
pub struct NoRandomness;

impl fmt::Debug for TotpSecret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("TotpSecret(redacted)")
    }
}

impl TotpSecret {
    /// A fresh one.
    pub fn generate() -> Result<Self, NoRandomness> {
        let mut bytes = [0; 20];
        getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
        Ok(Self(Secret::new_stack(bytes)))
    }

    /// The secret of this text; none if it is not one.
    #[must_use]
    pub fn from_base32(text: &str) -> Option<Self> {
        Secret::try_from_base32(text).ok().map(Self)
    }

    /// The secret as text: for the store, and for its owner, once.
    #[must_use]
    pub fn to_base32(&self) -> String {
        self.0.to_base32()
    }

    /// The address by which an app takes the secret in, as a rule from a picture of it. A colon would end the
    /// issuer's name there, so it is left out.
    #[must_use]
    pub fn enrolment_uri(&self, issuer: &str, user: &str) -> String {
        let issuer = issuer.replace(':', "");
        let (issuer, user) =
            (utf8_percent_encode(&issuer, NON_ALPHANUMERIC), utf8_percent_encode(user, NON_ALPHANUMERIC));
        let secret = self.to_base32();
        format!(
            "otpauth://totp/{issuer}:{user}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}"
        )
    }

    /// The step whose code this is, among those that are good now. Compared in constant time.
    #[must_use]
    pub fn step_of(self, code: &str, now: Timestamp) -> Option<u64> {
        self.totp()?.check(code, u64::try_from(now.as_seconds()).unwrap_or(0))
    }

    /// The code of this moment, as an app would show it.
    #[cfg(test)]
    fn code(self, now: Timestamp) -> Option<String> {
        Some(self.totp()?.generate(u64::try_from(now.as_seconds()).unwrap_or(0)).to_string())
    }

    fn totp(self) -> Option<Totp> {
        let builder = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_skew(SKEW)
            .with_step_duration(STEP_SECONDS)
            .with_secret(self.0);
        builder.build().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B.
    fn rfc() -> TotpSecret {
        TotpSecret(Secret::new_stack(*b"12345678901234567890"))
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            let at = Timestamp::from_millis(seconds * 1000 + 999);
            assert_eq!(rfc().code(at).as_deref(), Some(code));
            assert_eq!(rfc().step_of(code, at), Some(seconds as u64 / 30));
        }
    }

    #[test]
    fn a_code_tells_its_step_from_one_step_away_and_no_further() {
        let step = 1_111_111_109 / 30;
        let at =
            |seconds: i64| rfc().step_of("081804", Timestamp::from_millis((1_111_111_109 + seconds) * 1000));
        for near in [-30, 0, 30] {
            assert_eq!(at(near), Some(step), "{near}");
        }
        for far in [-60, 60] {
            assert_eq!(at(far), None, "{far}");
        }
        for no_code in ["", "81804", "0081804", "+81804", "08180४", "081 804"] {
            assert_eq!(
                rfc().step_of(no_code, Timestamp::from_millis(1_111_111_109_000)),
                None,
                "{no_code:?}"
            );
        }
        assert_eq!(rfc().step_of("081804", Timestamp::from_millis(i64::MIN)), None);
    }

    #[test]
    fn a_secret_survives_the_store_and_does_not_show() {
        let secret = TotpSecret::generate().unwrap();
        let text = secret.to_base32();
        assert_eq!(text.len(), 32, "160 bits, no padding");
        assert!(!format!("{secret:?}").contains(&text));
        assert_eq!(TotpSecret::from_base32(&text).unwrap().to_base32(), text);
        assert!(TotpSecret::from_base32("0189").is_none());
        assert_eq!(
            TotpSecret::from_base32("").unwrap().code(Timestamp::from_millis(0)),
            None,
            "too short to use"
        );
    }

    #[test]
    fn an_app_can_take_the_secret_in() {
        let uri = rfc().enrolment_uri("Acme: IT & Söhne", "ada+x@acme.example");
        assert_eq!(
            uri,
            "otpauth://totp/Acme%20IT%20%26%20S%C3%B6hne:ada%2Bx%40acme%2Eexample?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Acme%20IT%20%26%20S%C3%B6hne&algorithm=SHA1&digits=6&period=30"
        );
    }
}
