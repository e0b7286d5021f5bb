//! Looks at everything that a call tonight depends on, beside a server that may be running.

use super::script::Script;
use super::{StartError, account, hotline};
use crate::clock::Clock;
use crate::config::Config;
use crate::id::Ids;
use crate::ops::{Outside, readiness};
use crate::provider::http::Limits;
use crate::provider::telephony::{LineCheck, PublicUrl, Verifier, callbacks};
use crate::readiness::{Callbacks, Facts, Finding, Reached, Report, judge};
use crate::source::Problem;
use crate::store::{Journal, Store};
use crate::web;

/// Looks at everything. What cannot be looked at is a finding, and does not hide the rest.
pub async fn examine(config: &Config) -> Report {
    let clock = Clock::machine();
    let mut findings = Vec::new();
    let outside = outside(config, &clock, &mut findings).await;
    let inside = async {
        let script = Script::load(&config.line)?;
        let store = Store::visit(&config.store).await?;
        hotline(config, script, store, (clock.clone(), Ids::system()), None).await
    };
    let judged = match inside.await {
        Ok(hotline) => {
            let judged = readiness(&hotline, outside.clone()).await.map_err(StartError::from);
            hotline.store.close().await;
            judged
        }
        Err(error) => Err(error),
    };
    let report = judged.unwrap_or_else(|error| {
        findings.extend(found(error));
        judge(&without_store(config, &clock, outside))
    });
    findings.extend(report.findings().iter().cloned());
    Report::of(findings)
}

async fn outside(config: &Config, clock: &Clock, findings: &mut Vec<Finding>) -> Outside {
    let public = PublicUrl::parse(&config.server.public_url);
    let verifier = public.as_ref().ok().and_then(|public| {
        let (token, other) = (&config.twilio.auth_token, config.twilio.alternate_auth_token.as_ref());
        Verifier::new(token, other, config.twilio.account_sid.clone(), public.clone()).ok()
    });
    let line = match LineCheck::new(account(config), config.line.number.clone(), Limits::default()) {
        Ok(check) => Some(check.look(clock).await),
        Err(error) => {
            findings.push(Finding::Settings { place: "twilio".to_owned(), problem: error.to_string() });
            None
        }
    };
    let journal = Journal::open(&config.journal).and_then(|journal| journal.is_empty());
    Outside {
        line,
        callbacks: public.map_or_else(|_| Callbacks::default(), |public| callbacks(&public, web::PREFIX)),
        signatures: verifier.is_some_and(|verifier| verifier.self_test().is_ok()),
        journal_empty: journal.ok(),
    }
}

/// The facts that can be known while the store cannot be read.
fn without_store(config: &Config, clock: &Clock, outside: Outside) -> Facts<'static> {
    Facts {
        now: clock.now(),
        zone: config.calendar.zone(),
        roster: None,
        verified: Reached::default(),
        house: None,
        line: outside.line,
        callbacks: outside.callbacks,
        signatures: outside.signatures,
        journal_empty: outside.journal_empty,
    }
}

/// Why the store or the pages of the line cannot be read.
fn found(error: StartError) -> Vec<Finding> {
    let page = |problem: Problem| Finding::Settings {
        place: format!("{}:{}", problem.file, problem.line),
        problem: problem.to_string(),
    };
    match error {
        StartError::Problems(problems) => problems.into_iter().map(page).collect(),
        StartError::File { path, source } => {
            let place = path.display().to_string();
            vec![Finding::Settings { problem: format!("{place}: {source}"), place }]
        }
        other => vec![Finding::StoreAway { why: other.to_string() }],
    }
}
