//! Whether the server is well, for monitoring.

use axum::extract::State;
use axum::http::StatusCode;
use plauder_store::{schema_version, settings};

use crate::App;

/// `/healthz`: the process answers.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// `/readyz`: the store answers, and can be written to. However many ask, it is tried once a second.
pub(crate) async fn readyz(State(app): State<App>) -> (StatusCode, &'static str) {
    let mut last = app.last_ready.lock().await;
    let now = app.clock.now();
    let is_ready = match *last {
        Some((at, is_ready)) if at == now => is_ready,
        _ => {
            let reads = app.database.read(|tx| settings::list(tx).map(drop)).await;
            let writes = app.database.write(schema_version::touch).await;
            let tried = reads.and(writes);
            if let Err(error) = &tried {
                tracing::error!(%error, "not ready");
            }
            tried.is_ok()
        }
    };
    *last = Some((now, is_ready));
    if is_ready {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n")
    }
}
