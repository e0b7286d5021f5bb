//! The staff's telephones: who may register, and where each can be rung.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;

use super::digest::{Answer, Digest, Proof};
use super::gate::Gate;
use super::settings::Staff;
use super::signalling::Flow;
use crate::time::Instant;

/// The shortest registration; shorter ones are refused with 423 and this number.
pub(crate) const SHORTEST: u32 = 10;
/// How long a telephone that does not say is registered.
const USUAL: u32 = 600;
/// The longest registration; longer ones are cut to it.
const LONGEST: u32 = 3600;
/// Telephones of one number that ring together.
const MOST: usize = 4;
/// Wrong answers that an address may give at once, and how many more each minute.
const MISTAKES: u32 = 10;
const MORE_MISTAKES: u32 = 2;
/// The longest contact that is kept.
const CONTACT: usize = 512;

/// A telephone that can be rung.
#[derive(Clone, Debug)]
pub(crate) struct Binding {
    /// What it calls itself: the address of the request.
    pub contact: String,
    /// Where it registered from, and is sent to: behind a NAT the contact leads nowhere.
    pub flow: Flow,
    until: Instant,
}

/// A request to be registered.
#[derive(Debug)]
pub(crate) struct Request {
    /// The user part of `To`.
    pub number: String,
    pub authorization: Option<String>,
    /// Each with its own `expires`.
    pub contacts: Vec<(String, Option<u32>)>,
    pub expires: Option<u32>,
    pub source: SocketAddr,
    pub flow: Flow,
}

/// What it is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// 401 with these challenges.
    Prove(Vec<String>),
    /// 403: wrong, or nobody of that name; or too many mistakes.
    Forbidden,
    /// 423.
    TooBrief,
    /// 400.
    Unreadable,
    /// 200 with the contacts and the seconds each is good for.
    Registered(Vec<(String, i64)>),
}

/// Who calls must prove to be this one.
#[derive(Debug)]
pub(crate) struct Trunk {
    digest: Digest,
    account: Staff,
    mistakes: Mutex<Gate>,
}

impl Trunk {
    pub(crate) fn new(digest: Digest, account: Staff) -> Self {
        Self { digest, account, mistakes: Mutex::new(Gate::new(MORE_MISTAKES, MISTAKES)) }
    }

    /// `Err` = 401 with these challenges, or 403 when there are none.
    pub(crate) fn admit(&self, authorization: Option<&str>, source: IpAddr, now: Instant) -> Result<(), Vec<String>> {
        let mut mistakes = self.mistakes.lock().unwrap_or_else(PoisonError::into_inner);
        if !mistakes.is_open(source, now) {
            return Err(Vec::new());
        }
        let Some(authorization) = authorization else { return Err(self.digest.challenges(source, now, false)) };
        let answer = Answer::read(authorization);
        let proof = answer.map_or(Proof::Wrong, |answer| {
            let password = (answer.username == self.account.number).then_some(self.account.password.as_str());
            self.digest.check(&answer, password, "INVITE", source, now)
        });
        match proof {
            Proof::Right => Ok(()),
            Proof::Stale => Err(self.digest.challenges(source, now, true)),
            Proof::Wrong => {
                mistakes.admit(source, now);
                Err(Vec::new())
            }
        }
    }
}

/// Everybody who may register, and who is.
#[derive(Debug)]
pub(crate) struct Registrar {
    digest: Digest,
    passwords: BTreeMap<String, String>,
    bindings: BTreeMap<String, Vec<Binding>>,
    mistakes: Gate,
}

impl Registrar {
    pub(crate) fn new(digest: Digest, staff: &[Staff]) -> Self {
        let passwords = staff.iter().map(|staff| (staff.number.clone(), staff.password.clone())).collect();
        Self { digest, passwords, bindings: BTreeMap::new(), mistakes: Gate::new(MORE_MISTAKES, MISTAKES) }
    }

    /// Answers a request. A number without an account is answered as one with a wrong password.
    pub(crate) fn register(&mut self, request: Request, now: Instant) -> Verdict {
        let source = request.source.ip();
        if !self.mistakes.is_open(source, now) {
            return Verdict::Forbidden;
        }
        let Some(answer) = request.authorization.as_deref() else {
            return Verdict::Prove(self.digest.challenges(source, now, false));
        };
        match self.prove(answer, &request.number, source, now) {
            Proof::Right => self.bind(request, now),
            Proof::Stale => Verdict::Prove(self.digest.challenges(source, now, true)),
            Proof::Wrong => {
                self.mistakes.admit(source, now);
                Verdict::Forbidden
            }
        }
    }

    fn prove(&self, answer: &str, number: &str, source: IpAddr, now: Instant) -> Proof {
        let Some(answer) = Answer::read(answer) else { return Proof::Wrong };
        let password = self.passwords.get(&answer.username).map(String::as_str);
        let proof = self.digest.check(&answer, password, "REGISTER", source, now);
        if answer.username == number { proof } else { Proof::Wrong }
    }

    fn bind(&mut self, request: Request, now: Instant) -> Verdict {
        let Request { number, contacts, expires, flow, .. } = request;
        let bindings = self.bindings.entry(number).or_default();
        bindings.retain(|binding| binding.until > now);
        for (contact, own) in contacts {
            let seconds = own.or(expires).unwrap_or(USUAL).min(LONGEST);
            if contact == "*" {
                if seconds != 0 {
                    return Verdict::Unreadable;
                }
                bindings.clear();
                continue;
            }
            if contact.len() > CONTACT {
                return Verdict::Unreadable;
            }
            if seconds != 0 && seconds < SHORTEST {
                return Verdict::TooBrief;
            }
            bindings.retain(|binding| binding.contact != contact);
            if seconds != 0 {
                if bindings.len() >= MOST {
                    bindings.remove(0);
                }
                let until = now + TimeDelta::seconds(seconds.into());
                bindings.push(Binding { contact, flow: flow.clone(), until });
            }
        }
        let left = |binding: &Binding| (binding.contact.clone(), (binding.until - now).num_seconds());
        Verdict::Registered(bindings.iter().map(left).collect())
    }

    /// Where a number can be rung at present.
    pub(crate) fn telephones(&self, number: &str, now: Instant) -> Vec<Binding> {
        let bindings = self.bindings.get(number).into_iter().flatten();
        bindings.filter(|binding| binding.until > now).cloned().collect()
    }
}
