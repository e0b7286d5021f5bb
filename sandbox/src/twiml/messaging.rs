//! What an application may answer to an incoming text message: messages to send back.

use super::attributes::Attributes;
use super::verbs::Target;
use super::xml;
use crate::problem::{Failure, code};

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub body: String,
    pub to: Option<String>,
    pub from: Option<String>,
    pub status_callback: Option<String>,
}

/// Reads a messaging document: any number of `Message`, and where to ask on; what stands after a `Redirect` is not reached.
pub(crate) fn read_replies(text: &str) -> Result<(Vec<Reply>, Option<Target>), Failure> {
    let root = xml::parse(text)?;
    if root.name != "Response" {
        return Err(Failure::new(code::DOCUMENT_PARSE, format!("the root element is <{}>, not <Response>", root.name)));
    }
    let mut replies = Vec::new();
    for element in root.elements() {
        if element.name == "Redirect" {
            let mut attributes = Attributes::of(element);
            let method = attributes.method("method")?;
            attributes.finish()?;
            let url = Some(element.text()).filter(|url| !url.is_empty());
            return Ok((replies, Some(Target { url, method })));
        }
        if !matches!(element.name.as_str(), "Message" | "Sms") {
            return Err(Failure::new(
                code::SCHEMA,
                format!(
                    "<{}> is not a messaging verb that the sandbox carries; <Message> and <Redirect> are",
                    element.name
                ),
            ));
        }
        let mut attributes = Attributes::of(element);
        let to = attributes.text("to").map(str::to_owned);
        let from = attributes.text("from").map(str::to_owned);
        let status_callback = attributes.text("statusCallback").or(attributes.text("action")).map(str::to_owned);
        attributes.ignore(&["method", "action"]);
        attributes.finish()?;
        let mut body = element.text();
        for child in element.elements() {
            match child.name.as_str() {
                "Body" => body = child.text(),
                "Media" => {}
                other => return Err(Failure::new(code::SCHEMA, format!("<{other}> cannot be inside <Message>"))),
            }
        }
        replies.push(Reply { body, to, from, status_callback });
    }
    Ok((replies, None))
}
