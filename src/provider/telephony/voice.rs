//! The provider's voices, by language.

use serde::Deserialize;

use crate::flow::Language;

/// A voice of the provider's speech engine.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voice {
    /// The locale it speaks, e.g. `es-MX`.
    pub locale: String,
    /// Its name, e.g. `Polly.Mia-Neural`.
    pub name: String,
    /// The locale in which callers are understood, e.g. `es-DO`: recognisers know more locales than voices do.
    pub hears: String,
}

/// One voice for each language.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Voices {
    /// Spanish. There is no Dominican voice; the Mexican one is the nearest that every TwiML provider has.
    pub es: Voice,
    /// English.
    pub en: Voice,
}

impl Voices {
    /// The voice of `language`.
    #[must_use]
    pub fn of(&self, language: Language) -> &Voice {
        match language {
            Language::Es => &self.es,
            Language::En => &self.en,
        }
    }
}

impl Default for Voices {
    fn default() -> Self {
        Self {
            es: Voice { locale: "es-MX".into(), name: "Polly.Mia-Neural".into(), hears: "es-DO".into() },
            en: Voice { locale: "en-US".into(), name: "Polly.Joanna-Neural".into(), hears: "en-US".into() },
        }
    }
}
