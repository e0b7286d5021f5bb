//! Is a request the provider's, and is it ours? The signature first, on raw bytes; then everything the signature leaves open.

use std::fmt;

use super::form::{self, FormError, Params};
use super::public_url::PublicUrl;
use super::signature::{self, Key};
use crate::provider::Secret;

/// The largest body that is looked at. The provider's requests are 1-3 KiB.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Why a request is refused. For metrics and the log; outside it is 403 and nothing else, whatever the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// Larger than [`MAX_BODY_BYTES`].
    #[error("the body is larger than {MAX_BODY_BYTES} bytes")]
    TooLarge,
    /// No signature header.
    #[error("the signature is missing")]
    Unsigned,
    /// Not signed by the provider with our token, or for another URL. When every call ends here, the configured public URL
    /// is not the one the provider was told, or the token was changed there.
    #[error("the signature is wrong: compare the configured public URL and token with the provider's")]
    Signature,
    /// Unreadable as a form.
    #[error("the body is no form")]
    Form,
    /// Signed, but no form: none of our routes takes anything else.
    #[error("the content type is not a form's")]
    ContentType,
    /// Signed, but the URL has a query: none of our routes has one. Parameters moved there keep the signature valid.
    #[error("the URL has a query, which none of our routes has")]
    Query,
    /// Signed, but a parameter occurs twice.
    #[error("a parameter occurs twice")]
    Duplicate,
    /// Signed, but of another account.
    #[error("the account is not ours")]
    Account,
}

impl Refusal {
    /// The word for metrics.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::Unsigned => "unsigned",
            Self::Signature => "signature",
            Self::Form => "form",
            Self::ContentType => "content_type",
            Self::Query => "query",
            Self::Duplicate => "duplicate",
            Self::Account => "account",
        }
    }
}

/// Why there is no verifier. A reason not to start: without one, every call would be refused or every forgery believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifierError {
    /// The primary token is empty.
    #[error(
        "the telephony provider's auth token is empty, so no call could be told from a forgery: \
         copy it from the provider's console into the configuration"
    )]
    EmptyToken,
    /// The alternate token is set, but empty.
    #[error(
        "the telephony provider's alternate auth token is set but empty: fill it in while tokens are being changed, \
         or remove the setting"
    )]
    EmptyAlternate,
    /// The account is empty.
    #[error("the telephony provider's account id is empty: copy it from the provider's console into the configuration")]
    EmptyAccount,
}

/// A made-up request was not verified as it must be: calls would be refused, or forgeries believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelfTestFailed {
    /// A request signed with our token was refused.
    #[error("a request signed with our own token was refused: {0}")]
    Refused(Refusal),
    /// A request changed after signing was accepted.
    #[error("a request that was changed after signing was accepted")]
    Forgeable,
}

/// Verifies requests of our accounts, sent to one public URL or its alternates.
#[derive(Clone)]
pub struct Verifier {
    /// The first is always there.
    accounts: Vec<Account>,
    public_url: PublicUrl,
}

/// An account of ours.
#[derive(Clone)]
struct Account {
    /// The primary token's key, then the alternate's: both are good while the token is being changed.
    keys: Vec<Key>,
    id: String,
}

impl Account {
    fn new(primary: &Secret, alternate: Option<&Secret>, id: String) -> Result<Self, VerifierError> {
        let mut keys = vec![Key::new(primary).ok_or(VerifierError::EmptyToken)?];
        if let Some(alternate) = alternate {
            keys.push(Key::new(alternate).ok_or(VerifierError::EmptyAlternate)?);
        }
        if id.trim().is_empty() {
            return Err(VerifierError::EmptyAccount);
        }
        Ok(Self { keys, id })
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: usize = self.accounts.iter().map(|account| account.keys.len()).sum();
        write!(f, "Verifier({keys} keys, {:?})", self.public_url)
    }
}

impl Verifier {
    /// A verifier of requests of `account` (the provider's account id) to `public_url`, signed with either token.
    ///
    /// # Errors
    /// [`VerifierError`] when a token or the account is empty. Do not start then.
    pub fn new(
        primary: &Secret,
        alternate: Option<&Secret>,
        account: String,
        public_url: PublicUrl,
    ) -> Result<Self, VerifierError> {
        Ok(Self { accounts: vec![Account::new(primary, alternate, account)?], public_url })
    }

    /// The same, and of a second `account`, whose requests its own `token` signs.
    ///
    /// # Errors
    /// [`VerifierError`].
    pub fn and(mut self, token: &Secret, account: String) -> Result<Self, VerifierError> {
        self.accounts.push(Account::new(token, None, account)?);
        Ok(self)
    }

    /// Verifies a POST to the configured public URL: `path_and_query` and `body` exactly as received.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn verify(
        &self,
        path_and_query: &str,
        content_type: Option<&str>,
        signature: Option<&str>,
        body: &[u8],
    ) -> Result<Params, Refusal> {
        self.verify_at(&self.public_url, path_and_query, content_type, signature, body)
    }

    /// Verifies a POST to `base`, one of the configured public URLs (see [`super::FrontDoor::public_url_for`]).
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn verify_at(
        &self,
        base: &PublicUrl,
        path_and_query: &str,
        content_type: Option<&str>,
        signature: Option<&str>,
        body: &[u8],
    ) -> Result<Params, Refusal> {
        if body.len() > MAX_BODY_BYTES {
            return Err(Refusal::TooLarge);
        }
        let signature = signature.filter(|signature| !signature.is_empty()).ok_or(Refusal::Unsigned)?;
        let media_type = content_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
        let is_form = media_type.eq_ignore_ascii_case(FORM);
        let pairs = if is_form { form::decode(body).map_err(refusal)? } else { Vec::new() };

        let url = base.at(path_and_query);
        let is_signed = |key: &Key| {
            if media_type.eq_ignore_ascii_case(JSON) {
                signature::is_signed_json(key, &url, body, signature)
            } else {
                signature::is_signed(key, &url, &pairs, signature)
            }
        };
        let signer = self.accounts.iter().find(|account| account.keys.iter().any(is_signed));
        let signer = signer.ok_or(Refusal::Signature)?;
        if !is_form {
            return Err(Refusal::ContentType);
        }
        if path_and_query.contains('?') {
            return Err(Refusal::Query);
        }
        let params = Params::unique(pairs).map_err(refusal)?;
        if params.get("AccountSid") != Some(&signer.id) {
            return Err(Refusal::Account);
        }
        Ok(params)
    }

    /// Signs a made-up request with each token and verifies it, then changes it and has it refused. For readiness: a
    /// misconfiguration is said at start, never as a silent 403 for every call.
    ///
    /// # Errors
    /// [`SelfTestFailed`].
    pub fn self_test(&self) -> Result<(), SelfTestFailed> {
        const PATH: &str = "/self-test";
        for (account, key) in
            self.accounts.iter().flat_map(|account| account.keys.iter().map(move |key| (account, key)))
        {
            let pairs =
                |keys: &str| [("AccountSid".to_owned(), account.id.clone()), ("Digits".to_owned(), keys.to_owned())];
            let (honest, changed) = (pairs("1"), pairs("2"));
            let signature = signature::sign(key, &self.public_url.at(PATH), &honest);
            let ask = |pairs| self.verify(PATH, Some(FORM), Some(&signature), form::encode(pairs).as_bytes());
            ask(&honest).map_err(SelfTestFailed::Refused)?;
            if ask(&changed) != Err(Refusal::Signature) {
                return Err(SelfTestFailed::Forgeable);
            }
        }
        Ok(())
    }
}

fn refusal(error: FormError) -> Refusal {
    match error {
        FormError::Encoding | FormError::TooMany => Refusal::Form,
        FormError::Duplicate => Refusal::Duplicate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str = "AC00000000000000000000000000000001";
    const PATH: &str = "/twilio/voice";

    fn url(text: &str) -> PublicUrl {
        PublicUrl::parse(text).unwrap()
    }

    fn verifier() -> Verifier {
        let (primary, alternate) = (Secret::new("primary"), Secret::new("alternate"));
        Verifier::new(&primary, Some(&alternate), ACCOUNT.into(), url("https://hotline.example.do")).unwrap()
    }

    /// Signs `body` as sent to `path` and has it verified.
    fn verdict(token: &str, path: &str, content_type: &str, body: &str) -> Result<Params, Refusal> {
        let key = Key::new(&Secret::new(token)).unwrap();
        let is_form = content_type.to_ascii_lowercase().starts_with(FORM);
        let pairs = if is_form { form::decode(body.as_bytes()).unwrap() } else { Vec::new() };
        let signature = signature::sign(&key, &format!("https://hotline.example.do{path}"), &pairs);
        verifier().verify(path, Some(content_type), Some(&signature), body.as_bytes())
    }

    #[test]
    fn what_the_signature_leaves_open_is_refused_afterwards() {
        let ours = format!("AccountSid={ACCOUNT}");
        let other = "AccountSid=AC00000000000000000000000000000002";
        for (token, path, content_type, body, verdict_is) in [
            ("primary", PATH, FORM, ours.clone(), Ok(())),
            ("alternate", PATH, FORM, ours.clone(), Ok(())),
            ("primary", PATH, "Application/X-WWW-Form-Urlencoded; charset=UTF-8", ours.clone(), Ok(())),
            ("stolen", PATH, FORM, ours.clone(), Err(Refusal::Signature)),
            ("primary", "/twilio/voice?Digits=1", FORM, ours.clone(), Err(Refusal::Query)),
            ("primary", "/twilio/voice?", FORM, ours.clone(), Err(Refusal::Query)),
            ("primary", PATH, FORM, format!("{ours}&Digits=1&Digits=2"), Err(Refusal::Duplicate)),
            ("primary", PATH, FORM, format!("{ours}&{ours}"), Err(Refusal::Duplicate)),
            ("primary", PATH, FORM, other.to_owned(), Err(Refusal::Account)),
            ("primary", PATH, FORM, "Digits=1".to_owned(), Err(Refusal::Account)),
            ("primary", PATH, "text/plain", ours.clone(), Err(Refusal::ContentType)),
            ("primary", PATH, "", ours.clone(), Err(Refusal::ContentType)),
            ("primary", PATH, JSON, "{}".to_owned(), Err(Refusal::Signature)),
        ] {
            let found = verdict(token, path, content_type, &body);
            assert_eq!(found.map(|_| ()), verdict_is, "{token} {path} {content_type} {body}");
        }
    }

    #[test]
    fn each_account_signs_for_itself_alone() {
        let second = "AC00000000000000000000000000000002";
        let both = verifier().and(&Secret::new("second"), second.into()).unwrap();
        assert_eq!(both.self_test(), Ok(()));
        for (token, account, verdict_is) in [
            ("primary", ACCOUNT, Ok(())),
            ("second", second, Ok(())),
            ("second", ACCOUNT, Err(Refusal::Account)),
            ("primary", second, Err(Refusal::Account)),
            ("third", second, Err(Refusal::Signature)),
        ] {
            let body = format!("AccountSid={account}");
            let pairs = form::decode(body.as_bytes()).unwrap();
            let key = Key::new(&Secret::new(token)).unwrap();
            let signature = signature::sign(&key, &format!("https://hotline.example.do{PATH}"), &pairs);
            let found = both.verify(PATH, Some(FORM), Some(&signature), body.as_bytes());
            assert_eq!(found.map(|_| ()), verdict_is, "{token} {account}");
        }
        assert!(verifier().and(&Secret::new(""), second.into()).is_err());
    }

    #[test]
    fn a_captured_request_cannot_be_cut_otherwise() {
        // No delimiters: `Digits1From=…` signs like `Digits=1&From=…`. The verifier cannot see it, but no reader finds the
        // parameters: each asks for the whole name.
        let key = Key::new(&Secret::new("primary")).unwrap();
        let sent = form::decode(format!("AccountSid={ACCOUNT}&Digits=1&From=2").as_bytes()).unwrap();
        let signature = signature::sign(&key, &format!("https://hotline.example.do{PATH}"), &sent);
        let recut = format!("AccountSid={ACCOUNT}&Digits1From=2");
        let params = verifier().verify(PATH, Some(FORM), Some(&signature), recut.as_bytes()).unwrap();
        assert_eq!((params.get("Digits"), params.get("From")), (None, None));
    }

    #[test]
    fn unsigned_oversized_and_misspelt_requests_are_refused() {
        let ask = |signature, body: &[u8]| verifier().verify(PATH, Some(FORM), signature, body).map(|_| ());
        assert_eq!(ask(None, b"a=1"), Err(Refusal::Unsigned));
        assert_eq!(ask(Some(""), b"a=1"), Err(Refusal::Unsigned));
        assert_eq!(ask(Some("x"), b"a=%"), Err(Refusal::Form));
        assert_eq!(ask(Some("x"), &vec![b'a'; MAX_BODY_BYTES]), Err(Refusal::Signature));
        assert_eq!(ask(Some("x"), &vec![b'a'; MAX_BODY_BYTES + 1]), Err(Refusal::TooLarge));
    }

    #[test]
    fn a_signature_counts_only_for_the_url_it_was_made_for() {
        let key = Key::new(&Secret::new("primary")).unwrap();
        let body = format!("AccountSid={ACCOUNT}");
        let pairs = form::decode(body.as_bytes()).unwrap();
        let signature = signature::sign(&key, &format!("https://b.example.do{PATH}"), &pairs);
        let ask = |base: &PublicUrl| {
            verifier().verify_at(base, PATH, Some(FORM), Some(&signature), body.as_bytes()).map(|_| ())
        };
        assert_eq!(ask(&url("https://b.example.do")), Ok(()));
        assert_eq!(ask(&url("https://hotline.example.do")), Err(Refusal::Signature));
    }

    #[test]
    fn nothing_starts_without_tokens_and_the_self_test_passes_with_them() {
        let start = |primary: &str, alternate: Option<&str>, account: &str| {
            let (primary, alternate) = (Secret::new(primary), alternate.map(Secret::new));
            Verifier::new(&primary, alternate.as_ref(), account.into(), url("https://hotline.example.do")).map(|_| ())
        };
        assert_eq!(start("", None, ACCOUNT), Err(VerifierError::EmptyToken));
        assert_eq!(start("t", Some(""), ACCOUNT), Err(VerifierError::EmptyAlternate));
        assert_eq!(start("t", None, " "), Err(VerifierError::EmptyAccount));
        assert_eq!(start("t", None, ACCOUNT), Ok(()));
        assert_eq!(verifier().self_test(), Ok(()));
        assert_eq!(format!("{:?}", verifier()), "Verifier(2 keys, PublicUrl(https://hotline.example.do:443))");
    }
}
