//! What the gateway is started with.

use std::fmt;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

/// Everything the gateway is started with. [`Settings::new`] gives the defaults, the rest is set field by field.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it listens, for UDP and TCP. Port 0 = any free one.
    pub listen: SocketAddr,
    /// The ports of the sound, one for each call. Default 40000 to 40999.
    pub rtp_ports: RangeInclusive<u16>,
    /// The number of a softphone that calls and does not say a number in E.164.
    pub stand_in: String,
    /// Whose telephones may register.
    pub staff: Vec<Staff>,
    /// Whoever calls must prove to be this one. `None` = everybody may call, as on a telephone line.
    pub trunk: Option<Staff>,
    /// Whether telephones are asked for SHA-256 as well as MD5. Some that know only MD5 then give up. Default `false`.
    pub sha256: bool,
    /// Callers hear what the network plays before it picks up: 183 with sound in place of 180. Default `false`.
    pub early_media: bool,
    /// RFC 3261's T1: an answer without its ACK is repeated, and given up after 64 times this. Default 500 ms.
    pub t1: Duration,
    /// What bounds the gateway.
    pub limits: SipLimits,
}

/// A number and the password that its telephones register with.
#[derive(Clone, PartialEq, Eq)]
pub struct Staff {
    /// The number in E.164: the user of the SIP account.
    pub number: String,
    /// Its password.
    pub password: String,
}

/// What bounds the gateway. The rest has fixed bounds: 4 telephones a number, 64 TCP connections, 8 a source, 10 wrong
/// passwords at once and two more each minute.
#[derive(Clone, Debug)]
pub struct SipLimits {
    /// Calls at a time; more are refused with 503. Default 250.
    pub calls: usize,
    /// Transactions that are kept (each for 64 T1 after its answer); beyond that new requests are not heard. Default 30 000.
    pub transactions: usize,
    /// The longest message in bytes; longer ones are not heard. Default 8192.
    pub message: usize,
    /// Requests outside a call that one address may make per second, and three times as many at once. Default 500.
    pub requests_per_second: u32,
    /// How long a call may send no sound while it is not on hold. Default 60 s.
    pub silence: Duration,
}

impl Settings {
    /// A gateway at an address, with nobody registered.
    #[must_use]
    pub fn new(listen: SocketAddr) -> Self {
        Self {
            listen,
            rtp_ports: 40_000..=40_999,
            stand_in: "+18095550199".to_owned(),
            staff: Vec::new(),
            trunk: None,
            sha256: false,
            early_media: false,
            t1: Duration::from_millis(500),
            limits: SipLimits::default(),
        }
    }
}

impl Default for SipLimits {
    fn default() -> Self {
        Self {
            calls: 250,
            transactions: 30_000,
            message: 8192,
            requests_per_second: 500,
            silence: Duration::from_mins(1),
        }
    }
}

impl Staff {
    /// Reads `NUMBER=PASSWORD`.
    ///
    /// # Errors
    ///
    /// What is wrong with it, without the password.
    pub fn read(text: &str) -> Result<Self, String> {
        let (number, password) = text.trim().split_once('=').ok_or("expected NUMBER=PASSWORD")?;
        if !is_number(number) {
            return Err(format!("'{number}' is not a number in E.164"));
        }
        if password.is_empty() {
            return Err(format!("{number} has no password"));
        }
        Ok(Self { number: number.to_owned(), password: password.to_owned() })
    }

    /// Reads one `NUMBER=PASSWORD` a line; empty lines and those that begin with `#` say nothing.
    ///
    /// # Errors
    ///
    /// The first line that is wrong, and what is, without the password.
    pub fn read_all(text: &str) -> Result<Vec<Self>, String> {
        let lines =
            text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.trim().starts_with('#'));
        lines
            .map(|(at, line)| Self::read(line).map_err(|why| format!("line {}: {why}", at.saturating_add(1))))
            .collect()
    }
}

/// The password is never shown.
impl fmt::Debug for Staff {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Staff").field("number", &self.number).finish_non_exhaustive()
    }
}

/// Whether it is a number in E.164.
pub(crate) fn is_number(text: &str) -> bool {
    crate::refusal::is_e164(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staff_is_read_line_by_line() {
        let staff = Staff::read_all("# on duty\n+18095550111=a=b\n\n  +18095550112=c\n").unwrap();
        assert_eq!(staff[0], Staff { number: "+18095550111".to_owned(), password: "a=b".to_owned() });
        assert_eq!(staff.len(), 2);
        assert!(!format!("{staff:?}").contains("a=b"));
        assert_eq!(Staff::read_all("\nana=secret").unwrap_err(), "line 2: 'ana' is not a number in E.164");
        assert_eq!(Staff::read_all("+18095550111=").unwrap_err(), "line 1: +18095550111 has no password");
        assert_eq!(Staff::read_all("secret").unwrap_err(), "line 1: expected NUMBER=PASSWORD");
    }
}
