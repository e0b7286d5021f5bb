//! Which public URL the provider called. It is configured, never believed: forwarded headers may only select among the
//! configured URLs, and only when the peer that sent them is a trusted proxy.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;

/// Where the provider reaches this service: `https://host[:port][/prefix]`. May hold a password for HTTP authentication, so
/// `Debug` shows the host only.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicUrl {
    /// As configured, without the final slash: the provider signs these very characters.
    text: String,
    origin: Origin,
}

/// Scheme, host and port, with the scheme's own port written out.
#[derive(Clone, PartialEq, Eq)]
struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

/// Why a text is no public URL or network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicUrlError {
    /// Not an absolute URL of http or https.
    #[error("the public URL must be absolute: write it as https://hotline.example.do")]
    Shape,
    /// It has a query or a fragment.
    #[error("the public URL must end before any '?' or '#': the routes are added to it")]
    Tail,
    /// A trusted proxy is neither an address nor a network.
    #[error("a trusted proxy must be an address or a network: write it as 10.0.0.7 or 10.0.0.0/8")]
    Network,
}

impl PublicUrl {
    /// Reads a public URL.
    ///
    /// # Errors
    /// [`PublicUrlError`], which names the mend.
    pub fn parse(text: &str) -> Result<Self, PublicUrlError> {
        let text = text.trim().trim_end_matches('/');
        let url = Url::parse(text).map_err(|_| PublicUrlError::Shape)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(PublicUrlError::Tail);
        }
        // A URL written carelessly (`HTTPS:\\host`) is mended by the parser, but the provider signs what it was given.
        if !text.starts_with("https://") && !text.starts_with("http://") {
            return Err(PublicUrlError::Shape);
        }
        let origin = Origin::of(&url).ok_or(PublicUrlError::Shape)?;
        Ok(Self { text: text.to_owned(), origin })
    }

    /// The URL of a path (with its query) of ours; `path_and_query` begins with `/` and is taken as it was received.
    #[must_use]
    pub fn at(&self, path_and_query: &str) -> String {
        format!("{}{path_and_query}", self.text)
    }
}

impl fmt::Debug for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicUrl({}://{}:{})", self.origin.scheme, self.origin.host, self.origin.port)
    }
}

impl Origin {
    fn of(url: &Url) -> Option<Self> {
        Some(Self {
            scheme: url.scheme().to_owned(),
            host: url.host_str()?.to_owned(),
            port: url.port_or_known_default()?,
        })
    }

    /// What a proxy forwarded. One plain host only: a chain of them, blanks, a path or a user name name no host.
    fn forwarded(scheme: &str, host: &str) -> Option<Self> {
        let plain = |character: char| character.is_ascii_alphanumeric() || ".-:[]".contains(character);
        if host.is_empty() || !host.chars().all(plain) || !["http", "https"].contains(&scheme) {
            return None;
        }
        Self::of(&Url::parse(&format!("{scheme}://{host}/")).ok()?)
    }
}

/// An address or a network whose peers are believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Whether `peer` is in it. An IPv4 address written as IPv6 (`::ffff:10.0.0.7`) counts as IPv4.
    #[must_use]
    pub fn contains(self, peer: IpAddr) -> bool {
        let same = |ours: u128, theirs: u128, bits: u32| {
            let rest = bits.saturating_sub(u32::from(self.prefix));
            ours.checked_shr(rest).unwrap_or(0) == theirs.checked_shr(rest).unwrap_or(0)
        };
        match (self.address, peer.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => same(ours.to_bits().into(), theirs.to_bits().into(), 32),
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => same(ours.to_bits(), theirs.to_bits(), 128),
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = PublicUrlError;

    fn from_str(text: &str) -> Result<Self, PublicUrlError> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.trim().parse().map_err(|_| PublicUrlError::Network)?;
        let address = address.to_canonical();
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(bits), |prefix| prefix.trim().parse()).map_err(|_| PublicUrlError::Network)?;
        if prefix > bits {
            return Err(PublicUrlError::Network);
        }
        Ok(Self { address, prefix })
    }
}

/// The public URLs of this service, and whose word about them is taken.
#[derive(Clone, Debug)]
pub struct FrontDoor {
    configured: PublicUrl,
    alternates: Vec<PublicUrl>,
    trusted_proxies: Vec<Network>,
}

impl FrontDoor {
    /// `configured` is the URL the provider is told; `alternates` are others it may have been told, e.g. of a second site.
    #[must_use]
    pub fn new(configured: PublicUrl, alternates: Vec<PublicUrl>, trusted_proxies: Vec<Network>) -> Self {
        Self { configured, alternates, trusted_proxies }
    }

    /// The URL told to the provider.
    #[must_use]
    pub fn configured(&self) -> &PublicUrl {
        &self.configured
    }

    /// Whether a text, as browsers write an origin, is that of one of these URLs.
    #[must_use]
    pub fn is_origin(&self, text: &str) -> bool {
        let origin = Url::parse(text).ok().as_ref().and_then(Origin::of);
        origin.is_some_and(|origin| {
            std::iter::once(&self.configured).chain(&self.alternates).any(|known| known.origin == origin)
        })
    }

    /// The public URL a request came to: the configured one, unless `peer` is trusted and the forwarded protocol and host
    /// are exactly those of an alternate. A missing protocol counts as https.
    #[must_use]
    pub fn public_url_for(
        &self,
        peer: IpAddr,
        forwarded_proto: Option<&str>,
        forwarded_host: Option<&str>,
    ) -> &PublicUrl {
        let trusted = self.trusted_proxies.iter().any(|network| network.contains(peer));
        let forwarded = forwarded_host
            .filter(|_| trusted)
            .and_then(|host| Origin::forwarded(forwarded_proto.unwrap_or("https"), host));
        forwarded
            .and_then(|origin| self.alternates.iter().find(|alternate| alternate.origin == origin))
            .unwrap_or(&self.configured)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_urls_as_people_write_them() {
        for (text, read) in [
            ("https://hotline.example.do", Ok("https://hotline.example.do/twilio/voice")),
            (" https://hotline.example.do/ ", Ok("https://hotline.example.do/twilio/voice")),
            (
                "https://user:word@x.example.do:8443/guardia/",
                Ok("https://user:word@x.example.do:8443/guardia/twilio/voice"),
            ),
            ("http://127.0.0.1:8080", Ok("http://127.0.0.1:8080/twilio/voice")),
            ("hotline.example.do", Err(PublicUrlError::Shape)),
            ("ftp://hotline.example.do", Err(PublicUrlError::Shape)),
            ("https:hotline.example.do", Err(PublicUrlError::Shape)),
            ("https://x.example.do/?a=1", Err(PublicUrlError::Tail)),
            ("https://x.example.do/#rc=2", Err(PublicUrlError::Tail)),
            ("", Err(PublicUrlError::Shape)),
        ] {
            let url = PublicUrl::parse(text).map(|url| url.at("/twilio/voice"));
            assert_eq!(url.as_deref(), read.as_ref().copied(), "{text}");
        }
        let with_password = PublicUrl::parse("https://user:word@x.example.do").unwrap();
        assert_eq!(format!("{with_password:?}"), "PublicUrl(https://x.example.do:443)");
    }

    #[test]
    fn forwarded_headers_only_select_among_configured_urls() {
        let url = |text| PublicUrl::parse(text).unwrap();
        let door = FrontDoor::new(
            url("https://a.example.do"),
            vec![url("https://b.example.do/guardia"), url("http://c.example.do:8080")],
            vec!["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()],
        );
        let (a, b, c) = ("https://a.example.do/x", "https://b.example.do/guardia/x", "http://c.example.do:8080/x");
        for (peer, proto, host, base) in [
            ("203.0.113.9", Some("https"), Some("b.example.do"), a),
            ("10.1.2.3", Some("https"), Some("b.example.do"), b),
            ("::ffff:10.1.2.3", Some("https"), Some("b.example.do"), b),
            ("::1", Some("https"), Some("B.EXAMPLE.DO:443"), b),
            ("10.1.2.3", None, Some("b.example.do"), b),
            ("10.1.2.3", Some("http"), Some("c.example.do:8080"), c),
            ("10.1.2.3", Some("http"), Some("c.example.do"), a),
            ("10.1.2.3", Some("http"), Some("b.example.do"), a),
            ("10.1.2.3", Some("https, http"), Some("b.example.do"), a),
            ("10.1.2.3", Some("https"), Some("b.example.do, evil.example"), a),
            ("10.1.2.3", Some("https"), Some("evil.example"), a),
            ("10.1.2.3", Some("https"), Some("evil@b.example.do"), a),
            ("10.1.2.3", Some("https"), Some("b.example.do/x"), a),
            ("10.1.2.3", Some("https"), Some(""), a),
            ("10.1.2.3", Some("https"), None, a),
            ("10.1.2.3", Some(""), Some("b.example.do"), a),
        ] {
            let chosen = door.public_url_for(peer.parse().unwrap(), proto, host);
            assert_eq!(chosen.at("/x"), base, "{peer} {proto:?} {host:?}");
        }
    }

    #[test]
    fn networks() {
        for (network, peer, inside) in [
            ("10.0.0.7", "10.0.0.7", true),
            ("10.0.0.7", "10.0.0.8", false),
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("::/0", "2001:db9::1", true),
        ] {
            let parsed: Network = network.parse().unwrap();
            assert_eq!(parsed.contains(peer.parse().unwrap()), inside, "{network} {peer}");
        }
        for wrong in ["", "proxy", "10.0.0.0/33", "10.0.0.0/-1", "::1/129", "*"] {
            assert_eq!(wrong.parse::<Network>(), Err(PublicUrlError::Network), "{wrong}");
        }
    }
}
