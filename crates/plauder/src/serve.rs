//! Serving.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt as _;
use plauder_model::{Chance, GroupId, chance};
use plauder_server::{App, metrics_router, router};
use plauder_store::{Database, accounts};
use plauder_talk::account::create::{CreateError, Wish, create_first_administrator};
use plauder_talk::password;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::Failed;
use crate::config::Config;
use crate::telemetry;
use crate::world::{self, SystemChance, SystemClock};

/// Serves until it is told to stop.
pub(crate) fn serve(config: &Config) -> Result<(), Failed> {
    telemetry::start(config);
    let database = world::open(config, true)?;
    let made = make_first_administrator(&database, config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(serve_until_told(config, database.clone(), made));
    // What is still being answered after the time that it was given is cut off here.
    runtime.shutdown_timeout(Duration::from_millis(100));
    database.close();
    tracing::info!("stopped");
    served
}

/// Where there is no account yet, makes the first. Tells its password where it made it up.
fn make_first_administrator(database: &Database, config: &Config) -> Result<FirstAdministrator, Failed> {
    if database.write_blocking(accounts::any)? {
        return Ok(FirstAdministrator::There);
    }
    let given = std::env::var("PLAUDER_ADMIN_PASSWORD").ok().filter(|password| !password.is_empty());
    let made_up = || chance::word(&SystemChance as &dyn Chance, chance::ALPHANUMERIC, 20);
    let secret = given.clone().unwrap_or_else(made_up);
    password::check(&secret, config.password_min_length)
        .map_err(|error| format!("PLAUDER_ADMIN_PASSWORD cannot be taken: {error}"))?;
    let wish = Wish {
        user_id: config.admin_user.clone(),
        password_hash: password::hash(&secret, &SystemChance),
        groups: vec![GroupId::ADMIN.to_owned()],
        ..Wish::default()
    };
    let is_made = match database.write_blocking(move |tx| create_first_administrator(tx, &wish)) {
        Ok(is_made) => is_made,
        // Another server on the same store was a moment earlier.
        Err(CreateError::Exists) => false,
        Err(CreateError::Store(error)) => return Err(error.into()),
        Err(error) => return Err(format!("admin_user cannot be taken: {error}").into()),
    };
    Ok(match (is_made, given) {
        (false, _) => FirstAdministrator::There,
        (true, Some(_)) => FirstAdministrator::Made { made_up: None },
        (true, None) => FirstAdministrator::Made { made_up: Some(secret) },
    })
}

enum FirstAdministrator {
    There,
    Made { made_up: Option<String> },
}

async fn serve_until_told(
    config: &Config,
    database: Database,
    first: FirstAdministrator,
) -> Result<(), Failed> {
    let cannot_listen = |address: SocketAddr| move |error| format!("cannot listen on {address}: {error}");
    let listener = TcpListener::bind(config.listen).await.map_err(cannot_listen(config.listen))?;
    let address = listener.local_addr()?;
    let metrics = match config.metrics_listen {
        Some(address) => Some(TcpListener::bind(address).await.map_err(cannot_listen(address))?),
        None => None,
    };
    if let Some(metrics) = &metrics {
        tracing::info!(metrics = %metrics.local_addr()?, "serving metrics");
    }
    let app = App::new(
        database,
        Arc::new(SystemClock),
        Arc::new(SystemChance),
        plauder_server::Config {
            trusted_proxies: config.trusted_proxies.clone(),
            password_min_length: config.password_min_length,
            password_memory_seconds: config.password_memory_seconds,
        },
    );
    let (stop, stopped) = watch::channel(false);
    let told = |mut stopped: watch::Receiver<bool>| async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    let service = router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    // Answers are small and wanted at once.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let main = axum::serve(listener, service).with_graceful_shutdown(told(stopped.clone()));
    let beside = async {
        match metrics {
            Some(listener) => {
                axum::serve(listener, metrics_router(app)).with_graceful_shutdown(told(stopped)).await
            }
            None => Ok(()),
        }
    };
    greet(config, address, &first);
    tracing::info!(%address, database = %config.database, version = env!("CARGO_PKG_VERSION"), "serving");
    let grace = Duration::from_secs(config.shutdown_seconds);
    tokio::select! {
        served = async { tokio::try_join!(main, beside) } => { served?; }
        ended = stop_in_time(&stop, grace) => ended?,
    }
    Ok(())
}

/// Waits to be told to stop, passes it on, and returns when requests had their time to end or when told again.
async fn stop_in_time(stop: &watch::Sender<bool>, grace: Duration) -> Result<(), std::io::Error> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping: no new requests, those in flight are answered");
    let _ = stop.send(true);
    tokio::select! {
        () = tokio::time::sleep(grace) => tracing::warn!("requests took too long to end and are cut off"),
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// Says on standard output where the server is and what to do next.
fn greet(config: &Config, address: SocketAddr, first: &FirstAdministrator) {
    let name = &config.admin_user;
    let credentials = match first {
        FirstAdministrator::Made { made_up: Some(secret) } => {
            println!("Made the first administrator: {name} with the password {secret}");
            println!(
                "(this is the only time that it is shown; change it with: plauder user password {name})"
            );
            format!("'{name}:{secret}'")
        }
        FirstAdministrator::Made { made_up: None } => {
            println!("Made the first administrator: {name} with the password from PLAUDER_ADMIN_PASSWORD");
            format!("'{name}'")
        }
        FirstAdministrator::There => format!("'{name}'"),
    };
    let host = if address.ip().is_unspecified() {
        format!("127.0.0.1:{}", address.port())
    } else {
        address.to_string()
    };
    println!("Plauder serves on http://{address}. List your conversations with:");
    println!(
        "  curl -u {credentials} -H 'OCS-APIRequest: true' \
         'http://{host}/ocs/v2.php/apps/spreed/api/v2/room?format=json'"
    );
}
