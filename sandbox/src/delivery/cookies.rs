//! Cookies: an application may set them in its answers; later requests about the same call, or between the same two numbers,
//! carry them to the same host.

use std::collections::BTreeMap;

use reqwest::Url;

/// Cookies that are kept for one matter at one host; more are dropped.
const MOST: usize = 50;

/// What was set, by matter and host.
#[derive(Debug, Default)]
pub(crate) struct Jar(BTreeMap<(String, String), BTreeMap<String, String>>);

impl Jar {
    /// What a request to `url` about `matter` carries.
    pub(crate) fn header(&self, matter: &str, url: &str) -> Option<String> {
        let kept = self.0.get(&(matter.to_owned(), host(url)?))?;
        let pairs: Vec<String> = kept.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Keeps what an answer from `url` sets, each as `name=value; attributes`.
    pub(crate) fn keep(&mut self, matter: &str, url: &str, set: &[String]) {
        let Some(host) = host(url).filter(|_| !set.is_empty()) else { return };
        let kept = self.0.entry((matter.to_owned(), host)).or_default();
        for line in set {
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let Some((name, value)) = pair.split_once('=') else { continue };
            let ends = attributes.split(';').any(|attribute| attribute.trim().eq_ignore_ascii_case("max-age=0"));
            if ends {
                kept.remove(name.trim());
            } else if kept.len() < MOST {
                kept.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
    }

    /// Nothing more will be asked about a matter.
    pub(crate) fn forget(&mut self, matter: &str) {
        self.0.retain(|(known, _), _| known != matter);
    }
}

fn host(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_kept_by_matter_and_host_until_they_are_taken_back() {
        let mut jar = Jar::default();
        let set = |text: &str| vec![text.to_owned()];
        jar.keep("CA1", "https://a.example/x", &set("turn=3; Path=/; HttpOnly"));
        jar.keep("CA1", "https://a.example/y", &set("who=b=c"));
        assert_eq!(jar.header("CA1", "https://a.example:443/z?q=1").as_deref(), Some("turn=3; who=b=c"));
        assert_eq!(jar.header("CA1", "https://b.example/z"), None);
        assert_eq!(jar.header("CA2", "https://a.example/z"), None);
        jar.keep("CA1", "https://a.example/x", &set("turn=; Max-Age=0"));
        assert_eq!(jar.header("CA1", "https://a.example/").as_deref(), Some("who=b=c"));
        jar.forget("CA1");
        assert_eq!(jar.header("CA1", "https://a.example/"), None);
    }
}
