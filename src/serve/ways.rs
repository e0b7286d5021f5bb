//! The ways out to people, as they are configured.

use std::sync::Arc;

use super::DIALECT;
use crate::clock::Clock;
use crate::config::Config;
use crate::phone::Phone;
use crate::provider::http::Limits;
use crate::provider::messaging::{Account, Email, Sender, Sms, Webhooks};
use crate::provider::telephony::Calls;
use crate::provider::{GuardedHttp, Named, Route, Secret, Tolerance};
use crate::web;
use crate::work::{CallsFrom, Posts, Ways};

/// Opens them; the text of an error names what to mend.
pub(super) fn open(config: &Config, clock: &Clock) -> Result<Ways, String> {
    let first = &config.twilio;
    let mut accounts =
        vec![(web::PROVIDER, account(&first.api_url, &first.account_sid, &first.auth_token), &first.from)];
    if let Some(second) = &config.channels.fallback {
        let account = account(&second.api_url, &second.account_sid, &second.auth_token);
        accounts.push(("fallback", account, &second.from));
    }
    let (mut texts, mut calls, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
    for (name, account, from) in accounts {
        let (sms, call) = of(config, account, from)?;
        texts.push(Named { name: name.to_owned(), provider: sms });
        numbers.push(call.calls.clone());
        calls.push(Named { name: name.to_owned(), provider: call });
    }
    let email = config.channels.email.clone();
    let email = email.map(|server| Email::new(server, clock.clone(), Limits::default()));
    let hooks = &config.channels.webhooks;
    let http = GuardedHttp::new(Limits::default(), hooks.reach.clone()).map_err(|error| error.to_string())?;
    let posts =
        Posts { webhooks: Webhooks::new(http), secret: hooks.secret.clone(), secrets: Arc::new(hooks.secrets.clone()) };
    Ok(Ways {
        texts: Arc::new(Route::new(texts, Tolerance::default()).map_err(|error| error.to_string())?),
        calls: Arc::new(Route::new(calls, Tolerance::default()).map_err(|error| error.to_string())?),
        accounts: Arc::new(numbers),
        email: email.transpose().map_err(|error| error.to_string())?,
        posts,
    })
}

fn account(api: &str, id: &str, token: &Secret) -> Account {
    Account { api: api.to_owned(), id: id.to_owned(), token: token.clone(), dialect: DIALECT }
}

fn of(config: &Config, account: Account, from: &Phone) -> Result<(Sms, CallsFrom), String> {
    let classes = &config.channels.classes;
    let calls = Calls::new(account.clone(), Limits::default()).map_err(|error| error.to_string())?;
    let sms = Sms::new(account, Sender::Number(from.clone()), Limits::default()).map_err(|error| error.to_string())?;
    let calls = CallsFrom { calls: calls.with_classes(classes.clone()), from: from.clone() };
    Ok((sms.with_classes(classes.clone()), calls))
}
