//! XML to a tree of elements, with a limit on its depth.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

use crate::problem::{Failure, code};

const DEEPEST: usize = 12;

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    /// The text directly inside, whitespace run together.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for child in &self.children {
            if let Node::Text(piece) = child {
                text.push_str(piece);
            }
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    fn push_text(&mut self, text: &str) {
        if let Some(Node::Text(last)) = self.children.last_mut() {
            last.push_str(text);
        } else {
            self.children.push(Node::Text(text.to_owned()));
        }
    }
}

/// Reads `text` to its root element.
pub(super) fn parse(text: &str) -> Result<Element, Failure> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}').trim());
    let mut open: Vec<Element> = Vec::new();
    let mut root: Option<Element> = None;
    loop {
        let broken = |what: String| Failure::new(code::DOCUMENT_PARSE, what);
        let event = reader
            .read_event()
            .map_err(|error| broken(format!("not well-formed XML near byte {}: {error}", reader.error_position())))?;
        let finished = match event {
            Event::Start(start) => {
                if open.len() >= DEEPEST {
                    return Err(broken(format!("elements are nested more than {DEEPEST} deep")));
                }
                open.push(element(&start)?);
                None
            }
            Event::Empty(start) => Some(element(&start)?),
            Event::End(_) => open.pop(),
            Event::Text(words) => {
                add_text(&mut open, &words.xml10_content())?;
                None
            }
            Event::CData(words) => {
                add_text(&mut open, &words.xml10_content())?;
                None
            }
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(|error| broken(error.to_string()))?;
                let name = reference.xml10_content();
                match (character, resolve_predefined_entity(&name)) {
                    (Some(character), _) => add_text(&mut open, character.encode_utf8(&mut [0; 4]))?,
                    (None, Some(known)) => add_text(&mut open, known)?,
                    (None, None) => return Err(broken(format!("the entity &{name}; is not known"))),
                }
                None
            }
            Event::DocType(_) => return Err(broken("a document type declaration is not allowed".to_owned())),
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => None,
        };
        if let Some(element) = finished {
            match open.last_mut() {
                Some(parent) => parent.children.push(Node::Element(element)),
                None if root.is_none() => root = Some(element),
                None => return Err(broken(format!("a second root element <{}>", element.name))),
            }
        }
    }
    if let Some(unclosed) = open.last() {
        return Err(Failure::new(code::DOCUMENT_PARSE, format!("<{}> is never closed", unclosed.name)));
    }
    root.ok_or_else(|| Failure::new(code::DOCUMENT_PARSE, "the document is empty; <Response/> is the least there is"))
}

fn element(start: &BytesStart<'_>) -> Result<Element, Failure> {
    let name = start.name().as_ref().to_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let broken = |error: String| Failure::new(code::DOCUMENT_PARSE, format!("<{name}>: {error}"));
        let attribute = attribute.map_err(|error| broken(error.to_string()))?;
        let value = attribute
            .normalized_value(quick_xml::XmlVersion::Explicit1_0)
            .map_err(|error| broken(error.to_string()))?;
        attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(Element { name, attributes, children: Vec::new() })
}

fn add_text(open: &mut [Element], text: &str) -> Result<(), Failure> {
    match open.last_mut() {
        Some(parent) => parent.push_text(text),
        None if text.trim().is_empty() => {}
        None => return Err(Failure::new(code::DOCUMENT_PARSE, "text outside the root element")),
    }
    Ok(())
}
