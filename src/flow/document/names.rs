//! What only flows write: names, and keys of the telephone.

use crate::source::{Fields, Node, quote};

impl<'p> Fields<'p> {
    /// A name: small letters, digits and `_`, at most 64.
    pub(in crate::flow) fn name_of(&mut self, node: &'p Node, key: &str) -> Option<String> {
        let text = self.text_of(node, key)?;
        if is_name(text) {
            return Some(text.to_owned());
        }
        self.problem(|source, owner| {
            source
                .problem(node.at, format!("'{}', the '{key}' of {owner}, is no name", quote(text)))
                .mend("Use small letters, digits and '_', at most 64")
        });
        None
    }

    /// A name below a key that must be there.
    pub(in crate::flow) fn name(&mut self, key: &str) -> Option<String> {
        let node = self.need(key)?;
        self.name_of(node, key)
    }

    /// A single key of the telephone, of those allowed.
    pub(in crate::flow) fn telephone_key(&mut self, key: &str, allowed: &str) -> Option<char> {
        let node = self.get(key)?;
        let text = self.text_of(node, key)?;
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(only), None) if allowed.contains(only) => Some(only),
            _ => {
                self.problem(|source, owner| {
                    source
                        .problem(node.at, format!("'{}' cannot be the '{key}' key of {owner}", quote(text)))
                        .mend(format!("Write one of {allowed}, in quotes"))
                });
                None
            }
        }
    }
}

/// Whether a text is a name in a page: of a node, a prompt, a variable.
pub(in crate::flow) fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
