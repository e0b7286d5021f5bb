//! How single values of the configuration are read: each gives the value or why it is none.

use std::time::Duration;

/// `90s`, `5m`, `4h`, `2d`, or several in a row.
pub fn duration(text: &str) -> Result<Duration, String> {
    let mut total = Duration::ZERO;
    let mut number = String::new();
    for character in text.trim().chars() {
        if character.is_ascii_digit() && number.len() < 9 {
            number.push(character);
            continue;
        }
        let unit = match character {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return Err("not a duration".to_owned()),
        };
        let count: u64 = number.parse().map_err(|_| "not a duration".to_owned())?;
        number.clear();
        total = total.saturating_add(Duration::from_secs(count.saturating_mul(unit)));
    }
    if number.is_empty() && total > Duration::ZERO { Ok(total) } else { Err("not a duration".to_owned()) }
}

/// An address people and providers reach the server at: scheme and host, no path, query or trailing slash.
pub fn base_url(text: &str) -> Result<String, String> {
    let trimmed = text.trim().trim_end_matches('/');
    let rest = trimmed.strip_prefix("https://").or_else(|| trimmed.strip_prefix("http://"));
    match rest {
        Some(host) if !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c)) => {
            Ok(trimmed.to_owned())
        }
        _ => Err("not an address of scheme and host alone".to_owned()),
    }
}

/// Values separated by commas; none in an empty text.
pub fn list<T>(text: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(read).collect()
}

/// A text that is not blank.
pub fn text(text: &str) -> Result<String, String> {
    let trimmed = text.trim();
    if trimmed.is_empty() { Err("is empty".to_owned()) } else { Ok(trimmed.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        assert_eq!(duration("5m"), Ok(Duration::from_mins(5)));
        assert_eq!(duration("1h30m"), Ok(Duration::from_mins(90)));
        for wrong in ["", "5", "m", "5x", "-5m", "0s", "5m3"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_base_is_scheme_and_host() {
        assert_eq!(base_url("https://guardia.example/"), Ok("https://guardia.example".to_owned()));
        assert_eq!(base_url("http://127.0.0.1:8080"), Ok("http://127.0.0.1:8080".to_owned()));
        for wrong in ["guardia.example", "https://", "https://a/b", "https://a?b", "ftp://a", "https://u:p@a"] {
            assert!(base_url(wrong).is_err(), "{wrong}");
        }
    }
}
