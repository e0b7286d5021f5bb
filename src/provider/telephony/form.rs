//! Bodies of `application/x-www-form-urlencoded`: strict, bounded, and with every key once.

use std::collections::BTreeMap;
use std::fmt;

/// The most parameters a form may have. The provider sends about forty and adds some without notice.
pub const MAX_PARAMETERS: usize = 256;

/// Why a body is no form. Never repeats a value: they are personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// A `%` without two hexadecimal digits, or bytes that are not UTF-8.
    #[error("the form is not percent-encoded UTF-8")]
    Encoding,
    /// More than [`MAX_PARAMETERS`].
    #[error("the form has more than {MAX_PARAMETERS} parameters")]
    TooMany,
    /// A key occurs twice: two readers might take different values of it.
    #[error("a key occurs twice in the form")]
    Duplicate,
}

/// Reads a form, keys in the order they came, repeats included.
///
/// # Errors
/// [`FormError::Encoding`] and [`FormError::TooMany`].
pub fn decode(body: &[u8]) -> Result<Vec<(String, String)>, FormError> {
    let mut pairs = Vec::new();
    for piece in body.split(|byte| *byte == b'&').filter(|piece| !piece.is_empty()) {
        if pairs.len() == MAX_PARAMETERS {
            return Err(FormError::TooMany);
        }
        let mut halves = piece.splitn(2, |byte| *byte == b'=');
        let key = unescape(halves.next().unwrap_or_default())?;
        let value = unescape(halves.next().unwrap_or_default())?;
        pairs.push((key, value));
    }
    Ok(pairs)
}

/// Writes a form: the inverse of [`decode`].
#[must_use]
pub fn encode<K: AsRef<str>, V: AsRef<str>>(pairs: &[(K, V)]) -> String {
    let mut body = String::new();
    for (key, value) in pairs {
        if !body.is_empty() {
            body.push('&');
        }
        escape(key.as_ref(), &mut body);
        body.push('=');
        escape(value.as_ref(), &mut body);
    }
    body
}

fn unescape(text: &[u8]) -> Result<String, FormError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => match (rest.next().and_then(nibble), rest.next().and_then(nibble)) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(FormError::Encoding),
            },
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| FormError::Encoding)
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

fn escape(text: &str, body: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => body.push(char::from(byte)),
            b' ' => body.push('+'),
            _ => {
                body.push('%');
                body.extend([byte >> 4, byte & 15].iter().filter_map(|half| char::from_digit(u32::from(*half), 16)));
            }
        }
    }
}

/// A verified request's parameters, every key once. `Debug` shows the keys only.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Params(BTreeMap<String, String>);

impl Params {
    /// Takes the pairs of a form.
    ///
    /// # Errors
    /// [`FormError::Duplicate`] when a key occurs twice, even with the same value.
    pub fn unique(pairs: Vec<(String, String)>) -> Result<Self, FormError> {
        let mut params = BTreeMap::new();
        for (key, value) in pairs {
            if params.insert(key, value).is_some() {
                return Err(FormError::Duplicate);
            }
        }
        Ok(Self(params))
    }

    /// The value of `name`, which may be empty; `None` when it was not sent.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn forms_as_they_are_sent() {
        for (body, read) in [
            ("", Ok(pairs(&[]))),
            ("Digits=1&From=%2B18095550142", Ok(pairs(&[("Digits", "1"), ("From", "+18095550142")]))),
            ("Body=No+hay+se%C3%B1al", Ok(pairs(&[("Body", "No hay señal")]))),
            ("a=1=2&b&&c=", Ok(pairs(&[("a", "1=2"), ("b", ""), ("c", "")]))),
            ("a=%2", Err(FormError::Encoding)),
            ("a=%zz", Err(FormError::Encoding)),
            ("a=%ff", Err(FormError::Encoding)),
            ("a=%+1", Err(FormError::Encoding)),
        ] {
            assert_eq!(decode(body.as_bytes()), read, "{body}");
        }
    }

    #[test]
    fn a_form_has_a_bound_and_each_key_once() {
        let fits = vec!["a=1"; MAX_PARAMETERS].join("&");
        assert_eq!(decode(fits.as_bytes()).map(|pairs| pairs.len()), Ok(MAX_PARAMETERS));
        assert_eq!(decode(format!("{fits}&a=1").as_bytes()), Err(FormError::TooMany));
        assert_eq!(Params::unique(pairs(&[("a", "1"), ("b", "1"), ("a", "1")])), Err(FormError::Duplicate));
    }

    #[test]
    fn values_do_not_show_in_a_debug_line() {
        let params = Params::unique(pairs(&[("From", "+18095550142")])).unwrap();
        assert_eq!(format!("{params:?}"), "{\"From\"}");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(written in prop::collection::vec((any::<String>(), any::<String>()), 0..12)) {
            prop_assert_eq!(decode(encode(&written).as_bytes()).unwrap(), written);
        }

        #[test]
        fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..400)) {
            if let Ok(pairs) = decode(&body) {
                // Reading is stable: a second round changes nothing.
                prop_assert_eq!(decode(encode(&pairs).as_bytes()), Ok(pairs));
            }
        }

        #[test]
        fn a_mainstream_writer_is_understood(key in "[a-zA-Z]{1,9}", value in any::<String>()) {
            let mut url = reqwest::Url::parse("https://example.org/").unwrap();
            url.query_pairs_mut().append_pair(&key, &value);
            prop_assert_eq!(decode(url.query().unwrap().as_bytes()).unwrap(), vec![(key, value)]);
        }
    }
}
