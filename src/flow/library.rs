//! A flow ready to run: the page, its prompts and messages, and the hash of all their texts.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::check::check;
use super::document::{Document, Node};
use super::prompts::{Messages, Prompts};
use super::{Facts, Language, State};
use crate::source::{Problem, Source};

/// A file of a flow, as people name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its name, e.g. `voice-flows/critical-hotline.yaml`.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A file of prompts or messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Translation {
    /// The language it is in.
    pub language: Language,
    /// The file.
    pub file: File,
}

/// Every text a flow is made of. This is what is kept under its hash, so that a call stays on the version it began with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// The page.
    pub flow: File,
    /// What is spoken, per language.
    pub prompts: Vec<Translation>,
    /// What is written in text messages, per language.
    pub messages: Vec<Translation>,
}

impl Bundle {
    /// SHA-256 over every text, in hexadecimal. Names of files do not count: the same texts are the same flow.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hash = Sha256::new();
        // Each text goes in with its length, so that none can run into the next.
        let mut add = |part: &str| {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hash.update(part.as_bytes());
        };
        add(&self.flow.text);
        for (what, translations) in [("prompts", &self.prompts), ("messages", &self.messages)] {
            add(what);
            for translation in translations {
                add(translation.language.code());
                add(&translation.file.text);
            }
        }
        hash.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a text does not fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

/// A flow ready to run.
#[derive(Clone, Debug)]
pub struct Flow {
    document: Document,
    prompts: Prompts,
    messages: Messages,
    hash: String,
    index: HashMap<String, usize>,
}

impl Flow {
    /// A flow of parts that were read already.
    #[must_use]
    pub fn new(document: Document, prompts: Prompts, messages: Messages, hash: String) -> Self {
        let index = document.nodes.iter().enumerate().map(|(at, node)| (node.name.clone(), at)).collect();
        Self { document, prompts, messages, hash, index }
    }

    /// The page.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// What is spoken.
    #[must_use]
    pub fn prompts(&self) -> &Prompts {
        &self.prompts
    }

    /// What is written in text messages.
    #[must_use]
    pub fn messages(&self) -> &Messages {
        &self.messages
    }

    /// The hash of its texts: its version.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The node with this name.
    #[must_use]
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.document.nodes.get(*self.index.get(name)?)
    }

    /// Where a call stands that begins now. The first step is [`super::Input::Begin`].
    #[must_use]
    pub fn begin(&self, facts: &Facts) -> State {
        State {
            node: self.document.begin.node.clone(),
            language: self.document.languages.first().copied().unwrap_or(Language::Es),
            tries: 0,
            turns: 0,
            entered: 0,
            began_at: facts.now,
            over: false,
            recording: None,
            variables: BTreeMap::new(),
            institution: None,
            call_back: None,
            case: None,
            found: None,
            said: Vec::new(),
            last_recording: None,
            waiting_since: None,
            joining_until: None,
            leaving: None,
            had: None,
            ended: false,
        }
    }
}

/// Reads flows from their texts. Reading files is for those who may.
#[derive(Clone, Copy, Debug)]
pub struct Library;

impl Library {
    /// A flow from its texts, fit to take calls.
    ///
    /// # Errors
    /// Every problem of every text, and all that the checker finds once each of them can be read.
    pub fn from_texts(bundle: &Bundle) -> Result<Flow, Vec<Problem>> {
        let flow = Self::reopen(bundle)?;
        let problems = check(&flow.document, &flow.prompts, &flow.messages);
        if problems.is_empty() { Ok(flow) } else { Err(problems) }
    }

    /// A flow that took calls already, for those that began on it: it is read and not checked anew, so that a stricter
    /// checker of a later program cannot end a call.
    ///
    /// # Errors
    /// Every problem of every text that cannot be read.
    pub fn reopen(bundle: &Bundle) -> Result<Flow, Vec<Problem>> {
        let sources = |translations: &[Translation]| -> Vec<(Language, Source)> {
            let source = |file: &File| Source::new(&file.name, &file.text);
            translations.iter().map(|translation| (translation.language, source(&translation.file))).collect()
        };
        let reading = Document::read(&Source::new(&bundle.flow.name, &bundle.flow.text));
        let mut problems = reading.problems;
        let prompts = Prompts::parse(&sources(&bundle.prompts)).map_err(|found| problems.extend(found));
        let messages = Messages::parse(&sources(&bundle.messages)).map_err(|found| problems.extend(found));
        match (reading.document, prompts, messages) {
            (Some(document), Ok(prompts), Ok(messages)) if problems.is_empty() => {
                Ok(Flow::new(document, prompts, messages, bundle.hash()))
            }
            _ => Err(problems),
        }
    }
}
