//! For whoever watches over the server.

use axum::extract::State;
use axum::http::StatusCode;
use plauder_store::{schema_version, settings};

use crate::App;

/// `/healthz`: the process answers.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// `/readyz`: the store answers, and can be written to.
pub(crate) async fn readyz(State(app): State<App>) -> (StatusCode, &'static str) {
    let reads = app.database.read(|tx| settings::all(tx).map(drop)).await;
    let writes = app.database.write(schema_version::touch).await;
    match reads.and(writes) {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n")
        }
    }
}
