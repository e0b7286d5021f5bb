//! What pages look like and what runs in them: a part of the program, so nothing has to be laid beside it.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::CONSOLE;

struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
    /// Changes with the content, so that browsers may keep what they have for good.
    version: u64,
}

macro_rules! assets {
    ($($name:literal $kind:literal;)+) => {
        const ASSETS: &[Asset] = &[$(Asset {
            name: $name,
            kind: $kind,
            bytes: include_bytes!(concat!("assets/", $name)),
            version: fnv1a(include_bytes!(concat!("assets/", $name))),
        }),+];
    };
}

assets! {
    "console.css" "text/css; charset=utf-8";
    "console.js" "text/javascript; charset=utf-8";
    "player.js" "text/javascript; charset=utf-8";
    // Idiomorph 0.8.0, 0BSD, https://github.com/bigskysoftware/idiomorph: changes only what differs, so that nothing jumps.
    "idiomorph.min.js" "text/javascript; charset=utf-8";
    "wall.css" "text/css; charset=utf-8";
    "wall.js" "text/javascript; charset=utf-8";
    "icon.svg" "image/svg+xml";
}

/// FNV-1a, as its authors describe it (draft-eastlake-fnv): it tells contents apart, no more.
const fn fnv1a(bytes: &[u8]) -> u64 {
    let (mut hash, mut rest) = (0xcbf2_9ce4_8422_2325_u64, bytes);
    while let [first, more @ ..] = rest {
        hash = (hash ^ *first as u64).wrapping_mul(0x0100_0000_01b3);
        rest = more;
    }
    hash
}

/// The address of an asset, with its version.
pub fn address(name: &str) -> String {
    let version = ASSETS.iter().find(|asset| asset.name == name).map_or(0, |asset| asset.version);
    format!("{CONSOLE}/assets/{name}?v={version:x}")
}

/// One asset.
pub async fn asset(Path(name): Path<String>) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, asset.bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_of_the_content() {
        // The published values.
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
        assert!(address("console.css").starts_with("/console/assets/console.css?v="));
    }
}
