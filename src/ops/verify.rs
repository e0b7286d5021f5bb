//! Whether a contact of the roster reaches its person: a code is sent there and given back, or a page is answered over it.
//! Nothing of this holds a page back.

use super::message::{Intent, recipient, set_down, tell};
use super::{Hotline, OpsError};
use crate::clock::Instant;
use crate::flow::prompts::Placeholder;
use crate::flow::speech::{Context, Value};
use crate::flow::{Utterance, Verb};
use crate::id::hex;
use crate::oncall::{Attempt, CODE_LIFE, Channel, Contact, Person, Proof, Verification};
use crate::paging::{Code, Message};
use crate::phone::Phone;
use crate::store::Tx;

/// The template of messages that carry such a code.
pub(super) const VERIFY: &str = "verify";
/// What is kept of a code that was spoken.
const SPOKEN: &str = "******";

/// A code that is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeSent {
    /// How it is sent.
    pub channel: Channel,
    /// From when on it is worth nothing.
    pub expires_at: Instant,
}

/// Sends a code to a contact of a person of the roster in use; one that was sent before is worth nothing from now on.
///
/// # Errors
/// [`OpsError::NotFound`] without a roster, such a person, or such a contact; the store's.
pub async fn send_code(hotline: &Hotline, person: &str, contact: &str) -> Result<CodeSent, OpsError> {
    let sent = hotline
        .store
        .write(async |tx: &mut Tx| -> Result<CodeSent, OpsError> {
            let roster = hotline.roster(tx).await?.ok_or(OpsError::NotFound("person of the roster"))?;
            let person = Hotline::person(Some(&roster), person).ok_or(OpsError::NotFound("person of the roster"))?;
            let contact = named(person, contact)?;
            let (now, code) = (hotline.now(), Code::draw_long(&hotline.ids));
            let mut known = known(hotline, tx, person, contact).await?;
            known.sent(code_hash(hotline, person, contact, &code), now);
            tx.put_verification(&known).await?;
            let channel = contact.channel();
            let body = match channel {
                // A call says the digits alone.
                Channel::Voice => code.as_str().to_owned(),
                _ => hotline.policy.writer.verify(person.language, channel, &code),
            };
            let to = recipient(person, contact);
            let intent = Intent { incident: None, page: None, template: VERIFY, channel, to, body, at: now };
            set_down(hotline, tx, intent).await?;
            Ok(CodeSent { channel, expires_at: now + CODE_LIFE })
        })
        .await?;
    Ok(sent)
}

/// A code was given back for a contact.
///
/// # Errors
/// As [`send_code`].
pub async fn confirm_code(hotline: &Hotline, person: &str, contact: &str, code: &Code) -> Result<Attempt, OpsError> {
    hotline
        .store
        .write(async |tx: &mut Tx| -> Result<Attempt, OpsError> {
            let roster = hotline.roster(tx).await?.ok_or(OpsError::NotFound("person of the roster"))?;
            let person = Hotline::person(Some(&roster), person).ok_or(OpsError::NotFound("person of the roster"))?;
            confirm(hotline, tx, person, named(person, contact)?, code).await
        })
        .await
}

/// A person texts a code from the number `from`: it verifies their contact for texts with that number. `false` when it is
/// not the one that was sent there.
pub(super) async fn confirm_by_text(
    hotline: &Hotline,
    tx: &mut Tx,
    person: &Person,
    from: &Phone,
    code: &Code,
) -> Result<bool, OpsError> {
    for contact in with_number(person, Channel::Sms, from) {
        if confirm(hotline, tx, person, contact, code).await? == Attempt::Right {
            let body = hotline.policy.writer.verified(person.language);
            tell(hotline, tx, None, "verified", person, body).await?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// A person answered a page over this contact: it reaches them.
pub(super) async fn proved(hotline: &Hotline, tx: &mut Tx, person: &Person, contact: &Contact) -> Result<(), OpsError> {
    let mut known = known(hotline, tx, person, contact).await?;
    known.prove(Proof::Page, hotline.now());
    Ok(tx.put_verification(&known).await?)
}

/// The same for whichever of their contacts has this number.
pub(super) async fn proved_by_number(
    hotline: &Hotline,
    tx: &mut Tx,
    person: &Person,
    channel: Channel,
    number: &Phone,
) -> Result<(), OpsError> {
    for contact in with_number(person, channel, number) {
        proved(hotline, tx, person, contact).await?;
    }
    Ok(())
}

/// What is known of a contact as the roster has it now.
#[must_use]
pub fn standing(hotline: &Hotline, all: &[Verification], person: &Person, contact: &Contact) -> Option<Verification> {
    let about = |known: &&Verification| known.person == person.id.as_str() && known.contact == contact.id.as_str();
    let known = all.iter().find(about)?.clone();
    Some(known.of_address(&address_hash(hotline, person, contact)))
}

/// What somebody hears who was called to be told the code that `message` carries: the code, twice; a machine hears nothing.
pub(super) async fn speak_code(
    hotline: &Hotline,
    tx: &mut Tx,
    message: &Message,
    machine: bool,
) -> Result<Vec<Verb>, OpsError> {
    let roster = hotline.roster(tx).await?;
    let person = message.to.number().and_then(|number| roster.as_ref()?.person_at(number));
    let (Some(person), Ok(code), false) = (person, Code::parse(&message.body), machine) else {
        return Ok(vec![Verb::Hangup]);
    };
    let digits: Vec<String> = code.as_str().chars().map(String::from).collect();
    let digits = digits.join(", ");
    let flow = hotline.flow(tx, &hotline.policy.flow).await?;
    let context = Context { now: hotline.now(), zone: hotline.policy.calendar.zone() };
    let value = |place| (place == Placeholder::Code).then(|| Value::Text(digits.clone()));
    let spoken = flow
        .prompts()
        .render(person.language, "verify_code", &context, value)
        .map_err(|_| OpsError::Impossible("the prompt of a code that is missing or cannot be filled"))?;
    let code = Verb::Say(Utterance::Words { language: spoken.language, text: spoken.text });
    Ok(vec![code.clone(), code, Verb::Hangup])
}

/// The call that told a code is over: the code is kept nowhere.
pub(super) fn without_spoken_code(message: &mut Message) {
    SPOKEN.clone_into(&mut message.body);
}

async fn confirm(
    hotline: &Hotline,
    tx: &mut Tx,
    person: &Person,
    contact: &Contact,
    code: &Code,
) -> Result<Attempt, OpsError> {
    let mut known = known(hotline, tx, person, contact).await?;
    let attempt = known.answer(&code_hash(hotline, person, contact, code), hotline.now());
    tx.put_verification(&known).await?;
    Ok(attempt)
}

async fn known(hotline: &Hotline, tx: &mut Tx, person: &Person, contact: &Contact) -> Result<Verification, OpsError> {
    let address = address_hash(hotline, person, contact);
    let stored = tx.lock_verification(person.id.as_str(), contact.id.as_str()).await?;
    Ok(match stored {
        Some(known) => known.of_address(&address),
        None => Verification::unknown(person.id.as_str(), contact.id.as_str(), address),
    })
}

fn named<'r>(person: &'r Person, contact: &str) -> Result<&'r Contact, OpsError> {
    let found = person.contacts.iter().find(|known| known.id.as_str() == contact);
    found.ok_or(OpsError::NotFound("contact of this person"))
}

fn with_number<'r>(person: &'r Person, channel: Channel, number: &Phone) -> impl Iterator<Item = &'r Contact> {
    let theirs = move |contact: &&Contact| {
        contact.channel() == channel && contact.address.phone().is_some_and(|phone| phone == number)
    };
    person.contacts.iter().filter(theirs)
}

/// A keyed hash of the address: another one, or another way to it, is another contact.
fn address_hash(hotline: &Hotline, person: &Person, contact: &Contact) -> String {
    let address = serde_json::to_string(&contact.address).unwrap_or_default();
    hashed(hotline, &["address", person.id.as_str(), &address])
}

fn code_hash(hotline: &Hotline, person: &Person, contact: &Contact, code: &Code) -> String {
    hashed(hotline, &[VERIFY, person.id.as_str(), contact.id.as_str(), code.as_str()])
}

fn hashed(hotline: &Hotline, parts: &[&str]) -> String {
    hex(hotline.keyed(parts).get(..16).unwrap_or_default())
}
