//! Which addresses messages may be posted to: the public Internet over HTTPS, and what the configuration allows besides. People
//! write these addresses, so without this guard they could make us knock at doors that only we can reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

use super::http::Fault;
use super::telephony::Network;

/// Where posts may go. The default is the public Internet.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// Hosts, as they stand in a URL, that may have any address: a chat server of the house.
    pub hosts: Vec<String>,
    /// Networks that are allowed though they are not public.
    pub networks: Vec<Network>,
    /// Whether this machine itself may be posted to, in clear text too.
    pub this_machine: bool,
}

impl Reach {
    /// Checks an address before anything is resolved: HTTPS, and an allowed number where it has one in the place of a name.
    ///
    /// # Errors
    /// [`Fault::Forbidden`].
    pub fn check(&self, url: &Url) -> Result<(), Fault> {
        let host = url.host_str().ok_or(Fault::Forbidden)?;
        // An IPv6 number stands in brackets; other writings of IPv4 numbers (octal, whole) were read by the parser.
        let number = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
        let is_here = self.this_machine && number.map_or(host == "localhost", |number| number.is_loopback());
        let is_carried = url.scheme() == "https" || (url.scheme() == "http" && is_here);
        if is_carried && number.is_none_or(|number| self.allows(host, number)) { Ok(()) } else { Err(Fault::Forbidden) }
    }

    /// Whether `address`, which `host` was resolved to, may be connected to.
    #[must_use]
    pub fn allows(&self, host: &str, address: IpAddr) -> bool {
        let address = address.to_canonical();
        is_public(address)
            || (self.this_machine && address.is_loopback())
            || self.networks.iter().any(|network| network.contains(address))
            || self.hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host))
    }
}

/// Whether `address` is one of the public Internet, by IANA's registries of special addresses.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        // This network; a carrier's (RFC 6598); protocols (RFC 6890); 6to4 relays (RFC 7526); benchmarks (RFC 2544); reserved.
        [0 | 240..=255, ..] | [100, 64..=127, ..] | [192, 0, 0, _] | [192, 88, 99, _] | [198, 18 | 19, ..] => true,
        _ => false,
    };
    !(special
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // An IPv4 address behind a translator (RFC 6052): what stands in it decides.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            let [[a, b], [c, d]] = [high.to_be_bytes(), low.to_be_bytes()];
            is_public_v4(Ipv4Addr::new(a, b, c, d))
        }
        // Protocols, Teredo and the like (RFC 2928); documentation (RFC 3849, RFC 9637); 6to4 (RFC 3056).
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // Of all others, only global unicast is given out (RFC 4291).
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn public_and_other_addresses() {
        for (address, public) in [
            ("8.8.8.8", true),
            ("1.1.1.1", true),
            ("190.94.0.1", true),
            ("0.0.0.0", false),
            ("0.1.2.3", false),
            ("10.0.0.1", false),
            ("100.63.255.255", true),
            ("100.64.0.1", false),
            ("100.127.255.255", false),
            ("100.128.0.1", true),
            ("127.0.0.1", false),
            ("127.255.0.9", false),
            ("169.254.169.254", false),
            ("172.15.0.1", true),
            ("172.16.0.1", false),
            ("172.31.255.255", false),
            ("172.32.0.1", true),
            ("192.0.0.8", false),
            ("192.0.2.1", false),
            ("192.88.99.1", false),
            ("192.168.1.1", false),
            ("198.17.255.255", true),
            ("198.18.0.1", false),
            ("198.19.255.255", false),
            ("198.51.100.1", false),
            ("203.0.113.1", false),
            ("224.0.0.1", false),
            ("239.1.2.3", false),
            ("240.0.0.1", false),
            ("255.255.255.255", false),
            ("2606:4700:4700::1111", true),
            ("2800:a4::1", true),
            ("::", false),
            ("::1", false),
            ("::7f00:1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:10.0.0.1", false),
            ("::ffff:8.8.8.8", true),
            ("64:ff9b::8.8.8.8", true),
            ("64:ff9b::169.254.169.254", false),
            ("64:ff9b:1::8.8.8.8", false),
            ("100::1", false),
            ("2001::1", false),
            ("2001:200::1", true),
            ("2001:db8::1", false),
            ("2002:a00:1::1", false),
            ("3fff::1", false),
            ("3fff:1000::1", true),
            ("4000::1", false),
            ("fc00::1", false),
            ("fd12:3456::1", false),
            ("fe80::1", false),
            ("fec0::1", false),
            ("ff02::1", false),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
        }
    }

    #[test]
    fn addresses_as_people_write_them() {
        let public = Reach::default();
        let house = Reach { hosts: vec!["Chat.Example.DO".into()], ..Reach::default() };
        let here = Reach { this_machine: true, ..Reach::default() };
        let network = Reach { networks: vec!["10.1.0.0/16".parse().unwrap()], ..Reach::default() };
        for (reach, url, allowed) in [
            (&public, "https://hooks.slack.com/services/T/B/x", true),
            (&public, "http://hooks.slack.com/services/T/B/x", false),
            (&public, "ftp://hooks.slack.com/", false),
            (&public, "https://127.0.0.1/", false),
            (&public, "https://2130706433/", false),
            (&public, "https://0177.0.0.1/", false),
            (&public, "https://0x7f.1/", false),
            (&public, "https://[::1]/", false),
            (&public, "https://[::ffff:169.254.169.254]/", false),
            (&public, "https://8.8.8.8/", true),
            (&public, "https://[2606:4700:4700::1111]/", true),
            (&public, "http://127.0.0.1/", false),
            (&here, "http://127.0.0.1:8080/", true),
            (&here, "http://localhost:8080/", true),
            (&here, "http://[::1]:8080/", true),
            (&here, "http://8.8.8.8/", false),
            (&here, "https://10.0.0.1/", false),
            (&here, "http://localhost.evil.example/", false),
            (&network, "https://10.1.2.3/", true),
            (&network, "https://10.2.2.3/", false),
            (&network, "http://10.1.2.3/", false),
            (&house, "http://chat.example.do/", false),
            (&house, "https://chat.example.do/", true),
        ] {
            assert_eq!(reach.check(&Url::parse(url).unwrap()).is_ok(), allowed, "{url}");
        }
        let private = "10.0.0.1".parse().unwrap();
        assert!(house.allows("chat.example.do", private));
        assert!(!house.allows("chat.example.do.evil.example", private));
    }

    proptest! {
        /// However an IPv4 address is dressed up as IPv6, it is judged as what it is.
        #[test]
        fn a_dressed_up_address_is_no_other(bits in any::<u32>()) {
            let plain = Ipv4Addr::from_bits(bits);
            prop_assert_eq!(is_public(plain.to_ipv6_mapped().into()), is_public(plain.into()));
            let [a, b, c, d] = plain.octets().map(u16::from);
            let translated = Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, a << 8 | b, c << 8 | d);
            prop_assert_eq!(is_public(translated.into()), is_public(plain.into()));
        }
    }
}
