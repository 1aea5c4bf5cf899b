//! What a token must survive and what it must not: changed characters, other purposes, other keys, rotations.

use crate::{
    ConnectionInvitationLink, KeyId, PublicKeys, Scope, SessionClaims, SigningError, SigningKeys, TokenError,
    UserInvitationLink,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use policy::{AccountId, ConnectionId, PersonKey, SessionId, Timestamp, UserId};
use proptest::prelude::*;
use serde_json::{Value, json};

const NOON: Timestamp = Timestamp::from_millis(1_795_262_400_123);

fn session() -> SessionClaims {
    SessionClaims {
        id: SessionId::new(5).unwrap(),
        user: UserId::new(9_007_199_254_740_991).unwrap(),
        person: PersonKey::new([0xAB; 16]),
        home_account: AccountId::new(2).unwrap(),
        account: AccountId::new(3).unwrap(),
        connection: Some(ConnectionId::new(4).unwrap()),
        mfa: true,
        scope: Scope::Full,
        epoch: u64::MAX,
        issued_at: Timestamp::from_millis(NOON.as_millis() - 1),
        expires_at: Timestamp::from_millis(NOON.as_millis() + 1),
    }
}

fn user_link() -> UserInvitationLink {
    UserInvitationLink {
        account: AccountId::new(2).unwrap(),
        user: UserId::new(1).unwrap(),
        generation: 7,
        expires_at: NOON,
    }
}

fn connection_link() -> ConnectionInvitationLink {
    ConnectionInvitationLink {
        host: AccountId::new(3).unwrap(),
        connection: ConnectionId::new(4).unwrap(),
        delegate: AccountId::new(2).unwrap(),
        administrator: UserId::new(1).unwrap(),
        generation: 7,
        expires_at: NOON,
    }
}

/// The same key every time, so that a failing case can be run again.
fn keys(seed: u8) -> SigningKeys {
    SigningKeys::from_jwks(&json!({ "keys": [jwk(seed)] }).to_string()).unwrap()
}

fn jwk(seed: u8) -> Value {
    let secret = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]);
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    json!({
        "kty": "OKP", "crv": "Ed25519",
        "x": encode(secret.verifying_key().as_bytes()), "d": encode(secret.as_bytes()),
    })
}

/// A token with this header and these claims, truly signed with the key of this seed.
fn forged(seed: u8, header: &Value, claims: &Value) -> String {
    use ed25519_dalek::Signer;
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]).sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn part(token: &str, index: usize) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap()).unwrap()
}

#[test]
fn tokens_say_again_what_was_signed() {
    let keys = keys(1);
    let public = PublicKeys::from_jwks(&keys.public_jwks()).unwrap();
    let token = keys.sign_session(&session()).unwrap();
    assert!(token.len() < 1024, "{} bytes", token.len());
    assert_eq!(public.verify_session(&token, NOON), Ok(session()));
    let at_home = SessionClaims { connection: None, mfa: false, scope: Scope::EnrolMfa, ..session() };
    assert_eq!(public.verify_session(&keys.sign_session(&at_home).unwrap(), NOON), Ok(at_home));
    let token = keys.sign_user_invitation(&user_link(), keys.current_kid()).unwrap();
    assert_eq!(public.verify_user_invitation(&token), Ok(user_link()));
    let token = keys.sign_connection_invitation(&connection_link(), keys.current_kid()).unwrap();
    assert_eq!(public.verify_connection_invitation(&token), Ok(connection_link()));
}

#[test]
fn a_session_ends_in_the_very_millisecond_and_a_link_does_not_judge() {
    let keys = keys(1);
    let token = keys.sign_session(&session()).unwrap();
    let end = session().expires_at.as_millis();
    assert!(keys.public().verify_session(&token, Timestamp::from_millis(end - 1)).is_ok());
    for late in [end, end + 1, i64::MAX] {
        let verdict = keys.public().verify_session(&token, Timestamp::from_millis(late));
        assert_eq!(verdict, Err(TokenError::Expired));
    }
    let long_gone = UserInvitationLink { expires_at: Timestamp::from_millis(0), ..user_link() };
    let token = keys.sign_user_invitation(&long_gone, keys.current_kid()).unwrap();
    assert_eq!(keys.public().verify_user_invitation(&token), Ok(long_gone));
}

#[test]
fn a_token_of_one_purpose_is_refused_for_every_other() {
    let (keys, public) = (keys(1), keys(1).public());
    let kid = keys.current_kid();
    let session = keys.sign_session(&session()).unwrap();
    let invitation = keys.sign_user_invitation(&user_link(), kid).unwrap();
    let connection = keys.sign_connection_invitation(&connection_link(), kid).unwrap();
    for token in [&invitation, &connection] {
        assert_eq!(public.verify_session(token, NOON), Err(TokenError::Malformed));
    }
    for token in [&session, &connection] {
        assert_eq!(public.verify_user_invitation(token), Err(TokenError::Malformed));
    }
    for token in [&session, &invitation] {
        assert_eq!(public.verify_connection_invitation(token), Err(TokenError::Malformed));
    }
}

#[test]
fn the_purpose_alone_decides_even_when_all_else_fits() {
    let keys = keys(1);
    let token = keys.sign_user_invitation(&user_link(), keys.current_kid()).unwrap();
    let (header, claims) = (part(&token, 0), part(&token, 1));
    assert!(
        keys.public().verify_user_invitation(&forged(1, &header, &claims)).is_ok(),
        "the forger knows his trade"
    );
    for aud in
        [json!("session"), json!(["invitation"]), json!(["invitation", "session"]), json!(""), Value::Null]
    {
        let mut other = claims.clone();
        other["aud"] = aud.clone();
        let verdict = keys.public().verify_user_invitation(&forged(1, &header, &other));
        assert_eq!(verdict, Err(TokenError::Malformed), "{aud}");
    }
}

#[test]
fn a_header_that_we_would_not_write_is_refused() {
    let keys = keys(1);
    let token = keys.sign_user_invitation(&user_link(), keys.current_kid()).unwrap();
    let (header, claims) = (part(&token, 0), part(&token, 1));
    let changes = [
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("ES256")),
        ("typ", json!("at+jwt")),
        ("crit", json!(["exp"])),
        ("jku", json!("https://example.com/keys")),
        ("x", json!(1)),
    ];
    for (member, value) in changes {
        let mut other = header.clone();
        other[member] = value;
        let verdict = keys.public().verify_user_invitation(&forged(1, &other, &claims));
        assert_eq!(verdict, Err(TokenError::Malformed), "{other}");
    }
}

#[test]
fn what_has_not_the_shape_of_a_token_is_refused() {
    let keys = keys(1);
    let token = keys.sign_session(&session()).unwrap();
    let (message, _) = token.rsplit_once('.').unwrap();
    for text in [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        message,
        &format!("{message}."),
        &format!("{token}."),
        &format!("{token}.x"),
    ] {
        assert!(keys.public().verify_session(text, NOON).is_err(), "{text}");
    }
    assert_eq!(keys.public().verify_session(&"a".repeat(2049), NOON), Err(TokenError::TooLong));
    assert_eq!(
        keys.public().verify_session(&format!("{token}{}", "=".repeat(2048)), NOON),
        Err(TokenError::TooLong)
    );
}

#[test]
fn every_single_character_counts() {
    let keys = keys(1);
    let token = keys.sign_session(&session()).unwrap();
    let public = keys.public();
    for index in 0..token.len() {
        let other = if token.as_bytes()[index] == b'A' { "B" } else { "A" };
        let mut changed = token.clone();
        changed.replace_range(index..=index, other);
        assert!(public.verify_session(&changed, NOON).is_err(), "character {index}: {changed}");
    }
}

#[test]
fn a_rotation_signs_nobody_out_and_its_end_does() {
    let (old, new) = (keys(1), keys(2));
    let both = SigningKeys::from_jwks(&json!({ "keys": [jwk(2), jwk(1)] }).to_string()).unwrap();
    assert_eq!(both.current_kid(), new.current_kid());
    let (from_old, from_both) =
        (old.sign_session(&session()).unwrap(), both.sign_session(&session()).unwrap());
    assert_eq!(from_both, new.sign_session(&session()).unwrap(), "the first key signs");
    for token in [&from_old, &from_both] {
        assert_eq!(both.public().verify_session(token, NOON), Ok(session()));
    }
    assert_eq!(new.public().verify_session(&from_old, NOON), Err(TokenError::UnknownKey));
    assert_eq!(old.public().verify_session(&from_both, NOON), Err(TokenError::UnknownKey));
}

#[test]
fn a_link_is_signed_under_the_key_that_the_invitation_names() {
    let (old, new) = (keys(1), keys(2));
    let both = SigningKeys::from_jwks(&json!({ "keys": [jwk(2), jwk(1)] }).to_string()).unwrap();
    let kid: KeyId = serde_json::from_value(json!(old.current_kid())).unwrap();
    let mailed = old.sign_user_invitation(&user_link(), &kid).unwrap();
    assert_eq!(both.sign_user_invitation(&user_link(), &kid).unwrap(), mailed, "a retry mails the same link");
    assert_ne!(both.sign_user_invitation(&user_link(), both.current_kid()).unwrap(), mailed);
    assert_eq!(new.sign_user_invitation(&user_link(), &kid), Err(SigningError::UnknownKey(kid.clone())));
    assert_eq!(new.sign_connection_invitation(&connection_link(), &kid), Err(SigningError::UnknownKey(kid)));
}

#[test]
fn a_key_that_only_claims_a_name_of_the_set_is_found_out() {
    let token = keys(1).sign_session(&session()).unwrap();
    let forgery = forged(2, &part(&token, 0), &part(&token, 1));
    assert_eq!(keys(1).public().verify_session(&forgery, NOON), Err(TokenError::BadSignature));
}

#[test]
fn callers_hear_the_same_words_whatever_the_reason() {
    let reasons = [
        TokenError::TooLong,
        TokenError::Malformed,
        TokenError::UnknownKey,
        TokenError::BadSignature,
        TokenError::Expired,
    ];
    for reason in reasons {
        assert_eq!(reason.to_string(), "this token is not valid");
    }
}

prop_compose! {
    fn any_session()(
        ids in (1_u64..1 << 53, 1_u64..1 << 53, 1_u64..1 << 53, proptest::option::of(1_u64..1 << 53)),
        flags in any::<(bool, bool)>(),
        epoch in any::<u64>(),
        times in any::<(i64, i64)>(),
    ) -> SessionClaims {
        SessionClaims {
            id: SessionId::new(ids.0).unwrap(),
            user: UserId::new(ids.0).unwrap(),
            person: PersonKey::new(u128::from(ids.0).to_be_bytes()),
            home_account: AccountId::new(ids.1).unwrap(),
            account: AccountId::new(ids.2).unwrap(),
            connection: ids.3.map(|id| ConnectionId::new(id).unwrap()),
            mfa: flags.0,
            scope: if flags.1 { Scope::Full } else { Scope::EnrolMfa },
            epoch,
            issued_at: Timestamp::from_millis(times.0),
            expires_at: Timestamp::from_millis(times.1),
        }
    }
}

proptest! {
    #[test]
    fn any_session_comes_back_as_it_was(session in any_session()) {
        let keys = keys(1);
        let token = keys.sign_session(&session).unwrap();
        prop_assert_eq!(&token, &keys.sign_session(&session).unwrap(), "the same bytes each time");
        let just_before = Timestamp::from_millis(session.expires_at.as_millis().saturating_sub(1));
        if just_before < session.expires_at {
            prop_assert_eq!(keys.public().verify_session(&token, just_before), Ok(session));
        }
    }

    #[test]
    fn any_link_is_the_same_bytes_each_time(user in 1_u64..1 << 53, generation in any::<u32>(), end in any::<i64>()) {
        let link = UserInvitationLink {
            user: UserId::new(user).unwrap(),
            generation,
            expires_at: Timestamp::from_millis(end),
            ..user_link()
        };
        let keys = keys(1);
        let token = keys.sign_user_invitation(&link, keys.current_kid()).unwrap();
        prop_assert_eq!(&token, &keys.sign_user_invitation(&link, keys.current_kid()).unwrap());
        prop_assert_eq!(keys.public().verify_user_invitation(&token), Ok(link));
    }

    #[test]
    fn a_token_changed_anywhere_is_refused(place in any::<prop::sample::Index>(), replacement in any::<char>()) {
        let keys = keys(1);
        let token = keys.sign_user_invitation(&user_link(), keys.current_kid()).unwrap();
        let mut characters: Vec<char> = token.chars().collect();
        let place = place.index(characters.len());
        prop_assume!(characters[place] != replacement);
        characters[place] = replacement;
        let changed: String = characters.into_iter().collect();
        prop_assert!(keys.public().verify_user_invitation(&changed).is_err(), "{}", changed);
    }

    #[test]
    fn any_text_at_all_is_only_refused(text in "\\PC*") {
        prop_assert!(keys(1).public().verify_session(&text, NOON).is_err());
    }
}
