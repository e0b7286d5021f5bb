//! What can be typed.

/// Every order in a line.
pub(super) const HELP: &str = "Type keys (12#), say FILE (WAV or MP3), words TEXT (as text, for speech recognition), \
    sms TEXT, hang up, dial, answer, decline, help or quit; put 'staff' before it for the second telephone.";

/// A line that was understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Order {
    Caller(Act),
    Staff(Act),
    Help,
    Quit,
}

/// What a telephone can do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Act {
    Dial,
    Answer,
    Decline,
    HangUp,
    Press(String),
    Say(String),
    Words(String),
    Sms(String),
}

impl Order {
    /// Reads a line.
    ///
    /// # Errors
    ///
    /// What could have been typed.
    pub(super) fn read(line: &str) -> Result<Self, String> {
        let line = line.trim();
        match line {
            "" | "help" | "?" => return Ok(Self::Help),
            "quit" | "exit" => return Ok(Self::Quit),
            _ => {}
        }
        match line.strip_prefix("staff ") {
            Some(rest) => Act::read(rest.trim()).map(Self::Staff),
            None => Act::read(line).map(Self::Caller),
        }
    }
}

impl Act {
    fn read(line: &str) -> Result<Self, String> {
        let (word, rest) = line.split_once(' ').map_or((line, ""), |(word, rest)| (word, rest.trim()));
        let is_keys = |text: &str| text.chars().all(|key| key.is_ascii_digit() || "*# ".contains(key));
        Ok(match (word, rest) {
            ("dial" | "call", "") => Self::Dial,
            ("answer", "") => Self::Answer,
            ("decline", "") => Self::Decline,
            ("hang", "up") | ("hangup", "") => Self::HangUp,
            ("say", file) if !file.is_empty() => Self::Say(file.to_owned()),
            ("words", words) if !words.is_empty() => Self::Words(words.to_owned()),
            ("sms", text) if !text.is_empty() => Self::Sms(text.to_owned()),
            ("press", keys) if !keys.is_empty() && is_keys(keys) => Self::Press(keys.replace(' ', "")),
            _ if is_keys(line) => Self::Press(line.replace(' ', "")),
            _ => return Err(format!("'{line}' is not understood. {HELP}")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_and_what_is_no_order_is_told_what_is_one() {
        for (line, order) in [
            ("1", Order::Caller(Act::Press("1".to_owned()))),
            (" 1 2 #", Order::Caller(Act::Press("12#".to_owned()))),
            ("press *", Order::Caller(Act::Press("*".to_owned()))),
            ("say a b.wav", Order::Caller(Act::Say("a b.wav".to_owned()))),
            ("hang up", Order::Caller(Act::HangUp)),
            ("staff answer", Order::Staff(Act::Answer)),
            ("staff 1", Order::Staff(Act::Press("1".to_owned()))),
            ("staff sms 4821A", Order::Staff(Act::Sms("4821A".to_owned()))),
            ("", Order::Help),
            ("quit", Order::Quit),
        ] {
            assert_eq!(Order::read(line), Ok(order), "{line}");
        }
        for line in ["hang", "say", "sms", "12a", "press x", "staff", "answer me"] {
            assert!(Order::read(line).unwrap_err().contains("hang up"), "{line}");
        }
    }
}
