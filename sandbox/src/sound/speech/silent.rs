//! No engine: silence as long as the network takes to say it.

use std::time::Duration;

use async_trait::async_trait;

use super::{Engine, SpeechError};
use crate::call::as_long_as;
use crate::sound::samples_in;

/// Says nothing, for as long as it would take.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

#[async_trait]
impl Engine for Silent {
    fn name(&self) -> &'static str {
        "none"
    }

    async fn say(&self, text: &str, _language: &str, _voice: &str) -> Result<Vec<i16>, SpeechError> {
        let length = as_long_as(text).to_std().unwrap_or(Duration::ZERO);
        Ok(vec![0; samples_in(length)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn silence_is_as_long_as_the_words_are_at_fifteen_characters_a_second() {
        for (text, samples) in [("Presione uno. Presione dos. 12", 16_000), ("á", 2400)] {
            let sound = Silent.say(text, "es-DO", "").await.unwrap();
            assert_eq!((sound.len(), sound.iter().all(|sample| *sample == 0)), (samples, true), "{text}");
        }
    }
}
