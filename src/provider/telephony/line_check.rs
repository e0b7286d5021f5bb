//! Asks the provider whether it knows us, what time it has, and where it sends what happens on the line.

use chrono::DateTime;
use serde::Deserialize;

use super::{PublicUrl, RETRIES, form};
use crate::clock::{Clock, Instant};
use crate::phone::Phone;
use crate::provider::failure::Class;
use crate::provider::http::Limits;
use crate::provider::rest::{Account, AccountError, Rest};
use crate::provider::send_error::Cause;
use crate::readiness::{Callbacks, Line, Number};

/// Asks about one number of one account. Cheap to clone.
#[derive(Clone, Debug)]
pub struct LineCheck {
    rest: Rest,
    number: Phone,
}

/// The provider's list of numbers, as far as it matters.
#[derive(Deserialize)]
struct Numbers {
    incoming_phone_numbers: Vec<Owned>,
}

#[derive(Deserialize)]
struct Owned {
    phone_number: String,
    voice_url: Option<String>,
    voice_fallback_url: Option<String>,
    status_callback: Option<String>,
    sms_url: Option<String>,
}

impl LineCheck {
    /// About `number` of `account`.
    ///
    /// # Errors
    /// [`AccountError`], which names the mend.
    pub fn new(account: Account, number: Phone, limits: Limits) -> Result<Self, AccountError> {
        let limits = Limits { body: limits.body.max(256 * 1024), ..limits };
        Ok(Self { rest: Rest::new(account, limits)?, number })
    }

    /// Asks.
    pub async fn look(&self, clock: &Clock) -> Line {
        let date = match self.rest.get_dated(&format!("{}?PageSize=1", self.rest.path("Calls.json"))).await {
            Ok((_, date)) => date,
            Err(error) if error.class == Class::Configuration && matches!(error.cause, Cause::Refused(_)) => {
                return Line::Refuses;
            }
            Err(error) => return Line::Away(error.cause.to_string()),
        };
        let ahead = date.and_then(|date| instant(&date)).map(|theirs| clock.now() - theirs);
        let query = form::encode(&[("PhoneNumber", self.number.as_str().to_owned())]);
        let numbers = self.rest.get(&format!("{}?{query}", self.rest.path("IncomingPhoneNumbers.json"))).await;
        let number = match numbers {
            Ok(body) => self.number(&body),
            // Another of the family may not have such a list.
            Err(error) if matches!(error.cause, Cause::Refused(_)) => Number::Untold,
            Err(error) => return Line::Away(error.cause.to_string()),
        };
        Line::Answers { ahead, number }
    }

    fn number(&self, body: &[u8]) -> Number {
        let Ok(numbers) = serde_json::from_slice::<Numbers>(body) else { return Number::Untold };
        let ours = numbers.incoming_phone_numbers.into_iter();
        match ours.into_iter().find(|owned| owned.phone_number == self.number.as_str()) {
            None => Number::Strange,
            Some(owned) => Number::Ours(Callbacks {
                voice: owned.voice_url.unwrap_or_default(),
                fallback: owned.voice_fallback_url.unwrap_or_default(),
                status: owned.status_callback.unwrap_or_default(),
                sms: owned.sms_url.unwrap_or_default(),
            }),
        }
    }
}

/// Where the provider must send what happens on the line of this service: `prefix` is its path, e.g. `/twilio`.
#[must_use]
pub fn callbacks(public: &PublicUrl, prefix: &str) -> Callbacks {
    let at = |path: &str| public.at(&format!("{prefix}{path}"));
    Callbacks {
        voice: at(&format!("/voice{RETRIES}")),
        fallback: at("/voice/fallback"),
        status: at("/voice/status"),
        sms: at("/sms"),
    }
}

/// The instant of a `Date` header (RFC 9110, section 5.6.7).
fn instant(text: &str) -> Option<Instant> {
    DateTime::parse_from_rfc2822(text).ok().map(|at| at.to_utc())
}

#[cfg(test)]
#[path = "line_check_tests.rs"]
mod tests;
