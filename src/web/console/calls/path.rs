//! The flow's graph with the way of a call lit in it. A picture of its own: pages let no style in that stands inside.

use axum::extract::{Path, State};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};

use super::find;
use crate::access::Permission;
use crate::call::{Entry, Happening};
use crate::flow::graph::svg_with_path;
use crate::ops::OpsError;
use crate::store::Tx;
use crate::web::Door;
use crate::web::console::answer;
use crate::web::console::guard::Visitor;

/// The nodes that a call came to, in their order, each step once.
pub fn nodes(entries: &[Entry]) -> Vec<String> {
    let mut nodes: Vec<String> = Vec::new();
    for entry in entries {
        if let Happening::Reached { node } = &entry.happening
            && nodes.last() != Some(node)
        {
            nodes.push(node.clone());
        }
    }
    nodes
}

/// The picture.
pub async fn picture(State(door): State<Door>, visitor: Visitor, Path(id): Path<String>) -> Response {
    let found = match find(&door, &visitor, &id, Permission::Calls).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let hotline = &door.hotline;
    let read = hotline
        .store
        .read(async |tx: &mut Tx| -> Result<_, OpsError> {
            Ok((hotline.flow(tx, &found.call.flow).await?, tx.call_entries(found.call.id).await?))
        })
        .await;
    match read {
        Ok((flow, entries)) => {
            let picture = svg_with_path(flow.document(), &nodes(&entries));
            let headers = [
                (header::CONTENT_TYPE, "image/svg+xml"),
                (header::CACHE_CONTROL, "no-store"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (
                    header::CONTENT_SECURITY_POLICY,
                    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
                ),
                (HeaderName::from_static("x-robots-tag"), "noindex"),
            ];
            (headers, picture).into_response()
        }
        Err(error) => answer::trouble(&error),
    }
}
