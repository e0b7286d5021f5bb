//! The contacts of a registration.

/// Contacts in one request that are read.
const MOST: usize = 8;

/// Each address in the values of `Contact` headers, with its own `expires`; what cannot be read is left out.
pub(super) fn read<'v>(values: impl Iterator<Item = &'v str>) -> Vec<(String, Option<u32>)> {
    values.flat_map(apart).filter_map(one).take(MOST).collect()
}

/// Values stand between commas, but not those in quotes or angle brackets.
fn apart(value: &str) -> Vec<&str> {
    let (mut quoted, mut angled) = (false, false);
    value
        .split(|sign: char| {
            match sign {
                '"' => quoted = !quoted,
                '<' if !quoted => angled = true,
                '>' if !quoted => angled = false,
                _ => {}
            }
            sign == ',' && !quoted && !angled
        })
        .collect()
}

fn one(value: &str) -> Option<(String, Option<u32>)> {
    let value = value.trim();
    let (address, parameters) = match value.rsplit_once('>') {
        Some((before, after)) => (before.rsplit_once('<')?.1, after),
        None => value.split_once(';').unwrap_or((value, "")),
    };
    let sip = address.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("sip:"));
    if !sip && address != "*" {
        return None;
    }
    let named = parameters.split(';').filter_map(|parameter| parameter.split_once('='));
    let mut expires = named.filter(|(name, _)| name.trim().eq_ignore_ascii_case("expires")).map(|(_, seconds)| seconds);
    Some((address.trim().to_owned(), expires.find_map(|seconds| seconds.trim().parse().ok())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_how_long_each_is_good_for() {
        let read = |value: &str| read(std::iter::once(value));
        let plain = |address: &str, expires| vec![(address.to_owned(), expires)];
        assert_eq!(read("*"), plain("*", None));
        assert_eq!(
            read("<sip:a@b:5062;transport=tcp>;q=0.5; expires=60"),
            plain("sip:a@b:5062;transport=tcp", Some(60))
        );
        assert_eq!(read("sip:a@b;expires=0"), plain("sip:a@b", Some(0)));
        assert_eq!(read("\"A, <B>\" <sip:a@b>"), plain("sip:a@b", None));
        assert_eq!(read("<sip:a@b>;expires=5, <sip:c@d>").len(), 2);
        assert_eq!(read("tel:+1809, <mailto:a@b>, <sip:a@b"), []);
        assert_eq!(read(&"sip:a@b,".repeat(100)).len(), MOST);
    }
}
