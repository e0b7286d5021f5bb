//! Session descriptions: what the other telephone offers, and what it is answered (RFC 3264, RFC 8866).
//!
//! One stream of G.711 and the keys of RFC 4733 beside it. Whatever else is offered (video, text) is refused with port 0.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

use sdp_types::{Attribute, Media, Session};

use crate::sound::g711::Law;

/// The payload type of keys in our own offers; an answer keeps the one that was offered.
const KEYS: u8 = 101;
/// Lines of media that are looked at; more make the description one that is not understood.
const MOST_MEDIA: usize = 8;

/// What the other telephone says of its sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Description {
    /// Where it wants to be sent sound.
    pub peer: SocketAddr,
    /// How it wants sound to be written.
    pub law: Law,
    /// The payload type of its keys (`telephone-event`), if it knows them.
    pub keys: Option<u8>,
    /// Whether it wants to hear.
    pub hears: bool,
    /// Whether it speaks.
    pub speaks: bool,
    /// Every line of media, in order: an answer has as many.
    lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    media: String,
    proto: String,
    formats: String,
    chosen: bool,
}

/// Why a description cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum SdpError {
    #[error("not a session description")]
    Unreadable,
    #[error("no stream of G.711 over plain RTP")]
    NothingInCommon,
    #[error("no address to send sound to")]
    NoAddress,
}

impl Description {
    /// Reads an offer or an answer.
    pub(crate) fn read(body: &[u8]) -> Result<Self, SdpError> {
        let session = Session::parse(body).map_err(|_| SdpError::Unreadable)?;
        if session.medias.len() > MOST_MEDIA {
            return Err(SdpError::Unreadable);
        }
        let usable = |media: &Media| {
            media.media == "audio" && media.port != 0 && media.proto == "RTP/AVP" && law_of(media).is_some()
        };
        let place = session.medias.iter().position(usable).ok_or(SdpError::NothingInCommon)?;
        let media = session.medias.get(place).ok_or(SdpError::NothingInCommon)?;
        let law = law_of(media).ok_or(SdpError::NothingInCommon)?;
        let connection = media.connections.first().or(session.connection.as_ref()).ok_or(SdpError::NoAddress)?;
        let address = connection.connection_address.split('/').next().unwrap_or_default();
        let ip: IpAddr = address.parse().map_err(|_| SdpError::NoAddress)?;
        let (speaks, hears) =
            direction(&media.attributes).or_else(|| direction(&session.attributes)).unwrap_or((true, true));
        // How calls were put on hold before RFC 3264.
        let held = ip.is_unspecified();
        let line = |(at, media): (usize, &Media)| Line {
            media: media.media.clone(),
            proto: media.proto.clone(),
            formats: media.fmt.clone(),
            chosen: at == place,
        };
        Ok(Self {
            peer: SocketAddr::new(ip, media.port),
            law,
            keys: keys_of(media),
            hears: hears && !held,
            speaks,
            lines: session.medias.iter().enumerate().map(line).collect(),
        })
    }

    /// What an offer is answered: our sound at `local`, `version` higher than in the answer before.
    pub(crate) fn answer(&self, local: SocketAddr, version: u64) -> Vec<u8> {
        let mut text = head(local.ip(), version);
        for line in &self.lines {
            if line.chosen {
                let direction = match (self.speaks, self.hears) {
                    (true, true) => "sendrecv",
                    (true, false) => "recvonly",
                    (false, true) => "sendonly",
                    (false, false) => "inactive",
                };
                sound(&mut text, local.port(), &[self.law], self.keys, direction);
            } else {
                // Writing to a text cannot fail.
                let _ = write!(text, "m={} 0 {} {}\r\n", line.media, line.proto, line.formats);
            }
        }
        text.into_bytes()
    }
}

/// What we offer a telephone that we call.
pub(crate) fn offer(local: SocketAddr) -> Vec<u8> {
    let mut text = head(local.ip(), 1);
    sound(&mut text, local.port(), &[Law::Mu, Law::A], Some(KEYS), "sendrecv");
    text.into_bytes()
}

fn head(ip: IpAddr, version: u64) -> String {
    let kind = if ip.is_ipv4() { "IP4" } else { "IP6" };
    format!("v=0\r\no=- 1 {version} IN {kind} {ip}\r\ns=-\r\nc=IN {kind} {ip}\r\nt=0 0\r\n")
}

fn sound(text: &mut String, port: u16, laws: &[Law], keys: Option<u8>, direction: &str) {
    let mut formats: Vec<String> = laws.iter().map(|law| law.payload_type().to_string()).collect();
    formats.extend(keys.map(|keys| keys.to_string()));
    let _ = write!(text, "m=audio {port} RTP/AVP {}\r\n", formats.join(" "));
    for law in laws {
        let _ = write!(text, "a=rtpmap:{} {}/8000\r\n", law.payload_type(), law.name());
    }
    if let Some(keys) = keys {
        let _ = write!(text, "a=rtpmap:{keys} telephone-event/8000\r\na=fmtp:{keys} 0-15\r\n");
    }
    let _ = write!(text, "a=ptime:20\r\na={direction}\r\n");
}

fn law_of(media: &Media) -> Option<Law> {
    formats(media).find_map(Law::of_payload_type)
}

/// The payload type of `telephone-event`, if it is dynamic and among the formats.
fn keys_of(media: &Media) -> Option<u8> {
    let maps = media.attributes.iter().filter(|attribute| attribute.attribute == "rtpmap");
    let named = maps.filter_map(|map| map.value.as_deref()?.split_once(' '));
    let keys = named.filter(|(_, name)| name.trim().eq_ignore_ascii_case("telephone-event/8000"));
    let types: Vec<u8> = keys.filter_map(|(number, _)| number.parse().ok()).collect();
    types.into_iter().find(|number| (96..=127).contains(number) && formats(media).any(|format| format == *number))
}

fn formats(media: &Media) -> impl Iterator<Item = u8> {
    media.fmt.split_whitespace().filter_map(|format| format.parse().ok())
}

/// Whether the other side speaks, and whether it hears.
fn direction(attributes: &[Attribute]) -> Option<(bool, bool)> {
    attributes.iter().find_map(|attribute| match attribute.attribute.as_str() {
        "sendrecv" => Some((true, true)),
        "sendonly" => Some((true, false)),
        "recvonly" => Some((false, true)),
        "inactive" => Some((false, false)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIPP: &str = "v=0\r\no=user1 53655765 2353687637 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
                        m=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";

    fn local() -> SocketAddr {
        "127.0.0.1:40000".parse().unwrap()
    }

    #[test]
    fn a_plain_offer_is_answered_with_its_law() {
        let offer = Description::read(SIPP.as_bytes()).unwrap();
        assert_eq!((offer.peer.to_string().as_str(), offer.law, offer.keys), ("127.0.0.1:6000", Law::Mu, None));
        let answer = String::from_utf8(offer.answer(local(), 1)).unwrap();
        assert!(answer.contains("m=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"), "{answer}");
        assert!(answer.ends_with("a=sendrecv\r\n"));
    }

    #[test]
    fn the_first_law_offered_and_the_keys_as_they_were_numbered() {
        let body = SIPP.replace(
            "RTP/AVP 0\r\n",
            "RTP/AVP 111 8 0 96\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:96 Telephone-Event/8000\r\n",
        );
        let offer = Description::read(body.as_bytes()).unwrap();
        assert_eq!((offer.law, offer.keys), (Law::A, Some(96)));
        let answer = String::from_utf8(offer.answer(local(), 1)).unwrap();
        assert!(answer.contains("RTP/AVP 8 96\r\n"), "{answer}");
        assert!(answer.contains("a=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-15\r\n"));
    }

    #[test]
    fn video_is_refused_in_its_own_place() {
        let body = SIPP.replace("m=audio", "m=video 7000 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\nm=audio");
        let offer = Description::read(body.as_bytes()).unwrap();
        assert_eq!(offer.keys, None, "a map of another stream is none of ours");
        let answer = String::from_utf8(offer.answer(local(), 1)).unwrap();
        let lines: Vec<&str> = answer.lines().filter(|line| line.starts_with("m=")).collect();
        assert_eq!(lines, ["m=video 0 RTP/AVP 96", "m=audio 40000 RTP/AVP 0"]);
    }

    #[test]
    fn hold_in_all_its_forms() {
        for (attribute, hears, speaks, answered) in [
            ("a=sendonly\r\n", false, true, "a=recvonly"),
            ("a=inactive\r\n", false, false, "a=inactive"),
            ("a=recvonly\r\n", true, false, "a=sendonly"),
            ("a=sendrecv\r\n", true, true, "a=sendrecv"),
        ] {
            let offer = Description::read(format!("{SIPP}{attribute}").as_bytes()).unwrap();
            assert_eq!((offer.hears, offer.speaks), (hears, speaks), "{attribute}");
            let answer = String::from_utf8(offer.answer(local(), 2)).unwrap();
            assert!(answer.contains(answered), "{answer}");
            assert!(answer.contains("o=- 1 2 IN"), "{answer}");
        }
        let old = Description::read(SIPP.replace("c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0").as_bytes()).unwrap();
        assert!(!old.hears);
    }

    #[test]
    fn what_cannot_be_used_is_said() {
        for (body, why) in [
            ("", SdpError::Unreadable),
            ("v=0\r\nhello", SdpError::Unreadable),
            (&SIPP.replace("RTP/AVP 0", "RTP/AVP 18"), SdpError::NothingInCommon),
            (&SIPP.replace("RTP/AVP", "RTP/SAVP"), SdpError::NothingInCommon),
            (&SIPP.replace("audio 6000", "audio 0"), SdpError::NothingInCommon),
            (&SIPP.replace("c=IN IP4 127.0.0.1", "c=IN IP4 phone.example"), SdpError::NoAddress),
            (&SIPP.replace("c=IN IP4 127.0.0.1\r\n", ""), SdpError::NoAddress),
        ] {
            assert_eq!(Description::read(body.as_bytes()), Err(why), "{body}");
        }
    }

    #[test]
    fn our_own_offer_can_be_read() {
        let offer = Description::read(&offer(local())).unwrap();
        assert_eq!((offer.peer, offer.law, offer.keys), (local(), Law::Mu, Some(101)));
    }
}
