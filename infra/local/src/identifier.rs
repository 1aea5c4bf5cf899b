//! Random identifiers in the shape of a UUID, as AWS gives its requests, events and mails.

/// Fresh each time.
pub fn fresh() -> String {
    let mut bytes = [0_u8; 16];
    // Without randomness the identifiers collide, which a log survives.
    let _ = getrandom::fill(&mut bytes);
    let digits = format!("{:032x}", u128::from_be_bytes(bytes));
    let mut text = String::with_capacity(36);
    for (at, digit) in digits.chars().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(digit);
    }
    text
}
