//! Connection overrides: the fragment of a webhook's URL, `#rc=2&rp=5xx,ct&ct=2000&rt=5000&tt=10000`. It is neither sent
//! nor signed.

use std::time::Duration;

use crate::problem::{Failure, code};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Overrides {
    /// Retries after the first attempt.
    pub retries: u32,
    /// What is retried.
    pub on: Vec<Trouble>,
    pub connect: Duration,
    pub read: Duration,
    pub total: Duration,
}

/// What can go wrong with an attempt, as far as the retry policy tells it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    Connect,
    Read,
    ClientError,
    ServerError,
    /// Trying again cannot help.
    Final,
}

impl Default for Overrides {
    fn default() -> Self {
        Self {
            retries: 1,
            on: vec![Trouble::Connect],
            connect: Duration::from_secs(5),
            read: Duration::from_secs(15),
            total: Duration::from_secs(15),
        }
    }
}

/// The URL without its fragment, and what the fragment asks for. Unknown keys are the application's own business.
pub(super) fn split(url: &str) -> Result<(&str, Overrides), Failure> {
    let mut overrides = Overrides::default();
    let Some((url, fragment)) = url.split_once('#') else { return Ok((url, overrides)) };
    for (key, value) in fragment.split('&').filter_map(|pair| pair.split_once('=')) {
        match key {
            "rc" => overrides.retries = number(key, value, 0, 5)?,
            "ct" => overrides.connect = milliseconds(key, value, 10_000)?,
            "rt" => overrides.read = milliseconds(key, value, 15_000)?,
            "tt" => overrides.total = milliseconds(key, value, 15_000)?,
            "rp" => overrides.on = policy(value)?,
            _ => {}
        }
    }
    Ok((url, overrides))
}

fn policy(value: &str) -> Result<Vec<Trouble>, Failure> {
    let mut on = Vec::new();
    for word in value.split(',') {
        match word {
            "ct" => on.push(Trouble::Connect),
            "rt" => on.push(Trouble::Read),
            "4xx" => on.push(Trouble::ClientError),
            "5xx" => on.push(Trouble::ServerError),
            "all" => on.extend([Trouble::Connect, Trouble::Read, Trouble::ClientError, Trouble::ServerError]),
            _ => return Err(invalid("rp", value, "4xx, 5xx, ct, rt or all")),
        }
    }
    Ok(on)
}

fn milliseconds(key: &str, value: &str, most: u32) -> Result<Duration, Failure> {
    Ok(Duration::from_millis(u64::from(number(key, value, 100, most)?)))
}

fn number(key: &str, value: &str, least: u32, most: u32) -> Result<u32, Failure> {
    value
        .parse()
        .ok()
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| invalid(key, value, &format!("a number from {least} to {most}")))
}

fn invalid(key: &str, value: &str, expected: &str) -> Failure {
    Failure::new(code::INVALID_OVERRIDE, format!("connection override '{key}={value}': expected {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fragment_is_cut_off_and_read() {
        let (url, overrides) = split("https://a.example/x?y=1#rc=3&rp=5xx,rt&ct=200&rt=300&tt=400&e=ashburn").unwrap();
        assert_eq!(url, "https://a.example/x?y=1");
        assert_eq!(overrides.retries, 3);
        assert_eq!(overrides.on, [Trouble::ServerError, Trouble::Read]);
        assert_eq!(overrides.connect, Duration::from_millis(200));
        assert_eq!(overrides.total, Duration::from_millis(400));
        assert_eq!(split("https://a.example/").unwrap().1, Overrides::default());
    }

    #[test]
    fn what_is_out_of_range_is_refused_with_its_number() {
        for wrong in ["rc=6", "ct=99", "rt=15001", "tt=x", "rp=sometimes"] {
            assert_eq!(split(&format!("https://a.example/#{wrong}")).unwrap_err().code, 11_243, "{wrong}");
        }
    }
}
