//! What each chat and push service is posted: its own shape, its own escapes, within its own bounds.

use std::time::Duration;

use reqwest::Url;
use serde::Deserialize;
use serde_json::{Value, json};

use super::webhook::Post;
use crate::flow::Language;

/// Fits all of them: Slack's sections end at 3000 characters, ntfy's and Telegram's messages at 4096.
const MAX_TEXT: usize = 2_500;
/// ntfy's and Adaptive Cards' titles are one line.
const MAX_TITLE: usize = 200;

/// Slack: its escapes keep `<!channel>` and links of others out (Slack, "Formatting text").
pub(super) fn slack(post: &Post<'_>) -> Value {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    json!({ "text": format!("*{}*\n{}{}", escaped(&title(post)), escaped(&text(post)), link(post)) })
}

/// Mattermost: Markdown, so what has a meaning there is escaped, and nobody is mentioned.
pub(super) fn mattermost(post: &Post<'_>) -> Value {
    let (title, text) = (plain_markdown(&title(post)), plain_markdown(&text(post)));
    json!({ "text": format!("**{title}**\n{text}{}", link(post)) })
}

/// Teams: an Adaptive Card in a message, as the workflow "Post to a channel when a webhook request is received" expects it.
pub(super) fn teams(post: &Post<'_>) -> Value {
    let block = |text: String| json!({ "type": "TextBlock", "wrap": true, "text": text });
    let mut heading = block(plain_markdown(&title(post)));
    if let Some(heading) = heading.as_object_mut() {
        heading.extend([("weight".to_owned(), json!("Bolder")), ("size".to_owned(), json!("Medium"))]);
    }
    let open = match post.language {
        Language::Es => "Abrir",
        Language::En => "Open",
    };
    let actions: Vec<_> =
        post.link.iter().map(|link| json!({ "type": "Action.OpenUrl", "title": open, "url": link })).collect();
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": [heading, block(plain_markdown(&text(post)))],
                "actions": actions,
            },
        }],
    })
}

/// Telegram: plain text, so nothing needs an escape.
pub(super) fn telegram(post: &Post<'_>, chat: &str) -> Value {
    let lines = [Some(title(post)), Some(text(post)), post.link.map(str::to_owned)];
    let text = lines.into_iter().flatten().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    json!({
        "chat_id": chat,
        "text": text,
        "disable_notification": !post.urgent,
        "link_preview_options": { "is_disabled": true },
    })
}

/// ntfy: published as JSON at the server's root, since header fields cannot carry Spanish.
pub(super) fn ntfy(post: &Post<'_>, topic: &str) -> Value {
    let mut body = json!({
        "topic": topic,
        "title": title(post),
        "message": text(post),
        "priority": if post.urgent { 5 } else { 3 },
    });
    if let (Some(link), Some(body)) = (post.link, body.as_object_mut()) {
        body.insert("click".to_owned(), json!(link));
    }
    body
}

/// Takes the chat out of a Telegram address: it belongs into the body. Nothing else may stand in the query.
pub(super) fn take_chat(url: &mut Url) -> Option<String> {
    let mut pairs = url.query_pairs();
    let (name, chat) = pairs.next()?;
    let chat = (name == "chat_id" && !chat.is_empty() && pairs.next().is_none()).then(|| chat.into_owned());
    url.set_query(None);
    chat.filter(|_| url.path().ends_with("/sendMessage"))
}

/// Takes the topic out of an ntfy address: it belongs into the body, and the post to the root.
pub(super) fn take_topic(url: &mut Url) -> Option<String> {
    let topic = url.path().trim_matches('/').to_owned();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    url.set_path("/");
    // ntfy's own rule for topics.
    ((1..=64).contains(&topic.len()) && topic.bytes().all(plain) && url.query().is_none()).then_some(topic)
}

/// How long Telegram asks us to wait; it says so in the body (Bot API, response parameters).
pub(super) fn telegram_wait(body: &[u8]) -> Option<Duration> {
    #[derive(Deserialize)]
    struct Answer {
        parameters: Parameters,
    }
    #[derive(Deserialize)]
    struct Parameters {
        retry_after: u64,
    }
    serde_json::from_slice::<Answer>(body).ok().map(|answer| Duration::from_secs(answer.parameters.retry_after))
}

fn title(post: &Post<'_>) -> String {
    shortened(&post.title.split_whitespace().collect::<Vec<_>>().join(" "), MAX_TITLE)
}

/// The link on a line of its own, as Slack and Markdown write bare ones.
fn link(post: &Post<'_>) -> String {
    post.link.map(|link| format!("\n<{link}>")).unwrap_or_default()
}

fn text(post: &Post<'_>) -> String {
    shortened(post.text.trim(), MAX_TEXT)
}

/// A message that is too long still goes out, as far as it fits.
fn shortened(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit.saturating_sub(1)).chain(['…']).collect()
}

/// Text that Markdown shows as it is, and in which `@channel` calls nobody.
fn plain_markdown(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        if "\\`*_{}[]<>()#+-!|~".contains(character) {
            plain.push('\\');
        }
        plain.push(character);
        if character == '@' {
            // Nothing to see: a mention needs a letter right after the sign.
            plain.push('\u{200B}');
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POST: Post<'static> = Post {
        id: "notice-7",
        kind: "page.opened",
        title: "CRÍTICO 4821 <!channel>\n@all",
        text: "Correo *caído*. Responda 4821 A & B",
        link: Some("https://hotline.example.do/i/7"),
        urgent: true,
        language: Language::Es,
        data: &Value::Null,
    };

    #[test]
    fn each_service_in_its_own_shape() {
        assert_eq!(
            slack(&POST)["text"],
            "*CRÍTICO 4821 &lt;!channel&gt; @all*\nCorreo *caído*. Responda 4821 A &amp; B\n<https://hotline.example.do/i/7>"
        );
        assert_eq!(
            mattermost(&POST)["text"],
            "**CRÍTICO 4821 \\<\\!channel\\> @\u{200B}all**\nCorreo \\*caído\\*. Responda 4821 A & B\n\
             <https://hotline.example.do/i/7>"
        );
        let telegram = telegram(&POST, "-100123");
        assert_eq!(
            telegram["text"],
            "CRÍTICO 4821 <!channel> @all\nCorreo *caído*. Responda 4821 A & B\nhttps://hotline.example.do/i/7"
        );
        assert_eq!((&telegram["chat_id"], &telegram["disable_notification"]), (&json!("-100123"), &json!(false)));
        let published = ntfy(&POST, "guardia");
        assert_eq!((&published["topic"], &published["priority"]), (&json!("guardia"), &json!(5)));
        assert_eq!(
            (&published["title"], &published["click"]),
            (&json!("CRÍTICO 4821 <!channel> @all"), &json!(POST.link))
        );
        let card = &teams(&POST)["attachments"][0];
        assert_eq!(card["contentType"], "application/vnd.microsoft.card.adaptive");
        assert_eq!(card["content"]["body"][0]["weight"], "Bolder");
        assert_eq!(
            card["content"]["actions"][0],
            json!({"type": "Action.OpenUrl", "title": "Abrir", "url": POST.link})
        );
    }

    #[test]
    fn without_a_link_and_a_hurry() {
        let calm = Post { link: None, urgent: false, language: Language::En, ..POST };
        assert!(!slack(&calm)["text"].as_str().unwrap().contains("https"));
        assert!(!mattermost(&calm)["text"].as_str().unwrap().contains("https"));
        assert_eq!(teams(&calm)["attachments"][0]["content"]["actions"], json!([]));
        assert_eq!(telegram(&calm, "1")["disable_notification"], true);
        let published = ntfy(&calm, "guardia");
        assert_eq!((&published["priority"], published.get("click")), (&json!(3), None));
    }

    #[test]
    fn waits_that_telegram_asks_for() {
        let body = br#"{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":35}}"#;
        assert_eq!(telegram_wait(body), Some(Duration::from_secs(35)));
        assert_eq!(telegram_wait(br#"{"ok":false,"parameters":{"retry_after":-1}}"#), None);
        assert_eq!(telegram_wait(b"<html>"), None);
    }

    proptest! {
        #[test]
        fn any_text_fits(title in any::<String>(), parts in prop::collection::vec(any::<String>(), 0..40)) {
            let text = parts.concat().repeat(9);
            let post = Post { title: &title, text: &text, ..POST };
            prop_assert!(super::text(&post).chars().count() <= MAX_TEXT);
            prop_assert!(super::title(&post).chars().count() <= MAX_TITLE);
            prop_assert!(!super::title(&post).contains('\n'));
            let escaped = slack(&post)["text"].as_str().unwrap().replace("\n<https://hotline.example.do/i/7>", "");
            prop_assert!(!escaped.contains(['<', '>']));
        }
    }
}
