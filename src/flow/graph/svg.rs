//! A flow as a picture: a card for each node, a line for the first way to each.

use std::fmt::Write as _;

use super::exists;
use super::layout::{Card, HEAD, LINE, Layout, WIDTH, layout};
use crate::flow::document::{Document, Kind};

/// The colours, by the kind of node. Each card is a group `node-<name>`, so that a page around the picture can mark it.
const STYLE: &str = "\
svg{font:12px system-ui,'DejaVu Sans',sans-serif;background:#fbfbfa}\
.title{font-size:18px;font-weight:600;fill:#1d2733}\
.card{fill:#fff;stroke:#b8c0c9}\
.name{font-weight:600;fill:#fff}\
.verb{fill:#fff;opacity:.85;text-anchor:end}\
.spoken{fill:#5b6673;font-style:italic}\
.label{fill:#1d2733}\
.to{fill:#5b6673;text-anchor:end}\
a:hover .to{text-decoration:underline}\
.drawn{font-weight:600;fill:#1d2733}\
.missing{fill:#b00020;font-weight:600;text-anchor:end}\
.line{fill:none;stroke:#8a96a3;stroke-width:1.4}\
.say .head{fill:#4b6584}.menu .head{fill:#1f6f8b}.collect .head{fill:#2d7d5a}.record .head{fill:#8a5a00}\
.branch .head{fill:#6b5b95}.incident .head{fill:#b03a2e}.person .head{fill:#a8456b}.status .head{fill:#2c5aa0}\
.send .head{fill:#00796b}.goto .head{fill:#7a828a}.hangup .head{fill:#30363d}";

/// The widest label and target that fit on one line, in characters.
const FITS: usize = 35;

/// The flow as an SVG picture: from left to right as the call goes.
#[must_use]
pub fn svg(document: &Document) -> String {
    svg_with_path(document, &[])
}

/// The same with the nodes that a call came to lit.
#[must_use]
pub fn svg_with_path(document: &Document, path: &[String]) -> String {
    let lit = |name: &str| path.iter().any(|node| node == name);
    // The document's own names only: a path may be of another version.
    let marks: Vec<String> = document
        .nodes
        .iter()
        .filter(|node| lit(&node.name))
        .map(|node| format!("#node-{} .card{{fill:#fff3cd;stroke:#b03a2e;stroke-width:4}}", node.name))
        .collect();
    let marks = marks.concat();
    let layout = layout(document);
    let Layout { width, height, .. } = layout;
    let mut picture = String::new();
    // Writing to a text does not fail.
    let _ = writeln!(
        picture,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\">\n<title>{name}</title>\n<style>{STYLE}{marks}</style>\n<text class=\"title\" x=\"24\" y=\"28\">{name}</text>",
        name = escaped(&document.name),
    );
    for card in &layout.cards {
        lines(&mut picture, card, &layout);
    }
    for card in &layout.cards {
        draw(&mut picture, document, card);
    }
    picture.push_str("</svg>\n");
    picture
}

fn lines(picture: &mut String, card: &Card<'_>, layout: &Layout<'_>) {
    for (at, (_, drawn)) in card.rows.iter().enumerate() {
        let Some(to) = drawn.and_then(|to| layout.cards.get(to)) else { continue };
        let (x, y) = (card.x + WIDTH, card.row_y(at));
        let (to_x, to_y) = (to.x, to.y + HEAD / 2);
        let half = (to_x - x) / 2;
        let _ = writeln!(
            picture,
            "<path class=\"line\" d=\"M{x} {y} C{} {y} {} {to_y} {to_x} {to_y}\"/>",
            x + half,
            to_x - half
        );
    }
}

fn draw(picture: &mut String, document: &Document, card: &Card<'_>) {
    let Card { node, x, y, height, .. } = *card;
    let (left, right, head) = (x + 9, x + WIDTH - 9, y + 16);
    let _ = write!(
        picture,
        "<g id=\"node-{name}\" class=\"{class}\"><rect class=\"card\" x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" \
         height=\"{height}\" rx=\"6\"/><path class=\"head\" d=\"M{x} {below} v-{side} q0 -6 6 -6 h{across} q6 0 6 6 v{side} z\"/>\
         <text class=\"name\" x=\"{left}\" y=\"{head}\">{name}</text>\
         <text class=\"verb\" x=\"{right}\" y=\"{head}\">{verb}</text>",
        name = node.name,
        class = class(&node.kind),
        below = y + HEAD,
        side = HEAD - 6,
        across = WIDTH - 12,
        verb = node.kind.verb().replace('_', " "),
    );
    let mut line = y + HEAD + 14;
    for name in &card.spoken {
        let _ = write!(picture, "<text class=\"spoken\" x=\"{left}\" y=\"{line}\">{}</text>", escaped(name));
        line += LINE;
    }
    for (row, drawn) in &card.rows {
        let to_length = row.to.chars().count();
        let label = shortened(&row.label, FITS.saturating_sub(to_length).max(6));
        let to = escaped(&row.to);
        let _ = write!(
            picture,
            "<g><title>{} → {to}</title><text class=\"label\" x=\"{left}\" y=\"{line}\">{}</text>",
            escaped(&row.label),
            escaped(&label)
        );
        let _ = if exists(document, &row.to) {
            let class = if drawn.is_some() { "to drawn" } else { "to" };
            write!(
                picture,
                "<a href=\"#node-{to}\"><text class=\"{class}\" x=\"{right}\" y=\"{line}\">{to}</text></a></g>"
            )
        } else {
            write!(picture, "<text class=\"missing\" x=\"{right}\" y=\"{line}\">{to} ?</text></g>")
        };
        line += LINE;
    }
    picture.push_str("</g>\n");
}

fn class(kind: &Kind) -> &'static str {
    match kind {
        Kind::Say(_) => "say",
        Kind::Menu(_) => "menu",
        Kind::Collect(_) => "collect",
        Kind::Record(_) => "record",
        Kind::Branch(_) => "branch",
        Kind::OpenIncident(_) => "incident",
        Kind::WaitForPerson(_) => "person",
        Kind::Status(_) => "status",
        Kind::Send(_) => "send",
        Kind::Goto(_) => "goto",
        Kind::Hangup(_) => "hangup",
    }
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{kept}…")
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, letter| {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // Not allowed in XML, whatever they are meant to be.
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
        escaped
    })
}
