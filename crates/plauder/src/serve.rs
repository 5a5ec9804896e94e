//! `plauder serve`: opens the store, starts all workers and listeners, and stops them in order.

use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use plauder_config::Config;
use plauder_live::Relay;
use plauder_model::GroupId;
use plauder_server::{App, delivery, maintenance, metrics_router, router};
use plauder_store::Database;
use plauder_talk::account::create::{
    CreateAccount, CreateAccountError, create_first_administrator, find_administrator,
};
use plauder_talk::password;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::Failed;
use crate::connections::{self, ConnectionLimits};
use crate::mailer::Mailer;
use crate::system::{self, SystemClock, SystemRng};
use crate::telemetry;

/// How long the store may take to close, after the requests have ended.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Serves until a signal stops the server. `renamed` are the keys of earlier releases that the operator uses, each with
/// its present name.
pub(crate) fn serve(config: &Config, renamed: &[(String, String)]) -> Result<(), Failed> {
    telemetry::start(config);
    for (old, new) in renamed {
        tracing::warn!(old, new, "a setting has a new name; the old one is still accepted");
    }
    let database = system::open_store(config, true)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(serve_until_stopped(config, &database));
    // This cancels requests that are still in flight after the grace period.
    runtime.shutdown_timeout(Duration::from_millis(100));
    close_store(database);
    tracing::info!("stopped");
    served
}

/// Closes the store within [`CLOSE_TIMEOUT`]. Work that is cut off was not acknowledged to any client.
fn close_store(database: Database) {
    let (done, closed) = mpsc::channel();
    thread::spawn(move || {
        database.close();
        let _ = done.send(());
    });
    if closed.recv_timeout(CLOSE_TIMEOUT).is_err() {
        tracing::warn!("the store took too long to close; its unfinished work is cut off");
    }
}

/// Creates the first administrator if there is none. Without a configured password it generates one.
fn ensure_administrator(database: &Database, config: &Config) -> Result<FirstAdministrator, Failed> {
    if let Some(name) = database.write_blocking(find_administrator)? {
        return Ok(FirstAdministrator::Exists { name });
    }
    let min_length = config.passwords.min_length;
    let secret = match config.admin.password.expose() {
        Some(given) => {
            password::check(given, min_length)
                .map_err(|error| format!("admin.password cannot be used: {error}"))?;
            AdminPassword::Given(given.to_owned())
        }
        None => AdminPassword::Generated(password::generate(&SystemRng, min_length)),
    };
    let name = config.admin.user.clone();
    let request = CreateAccount {
        user_id: name.clone(),
        password_hash: password::hash(secret.as_str(), &SystemRng),
        groups: vec![GroupId::ADMIN.to_owned()],
        ..CreateAccount::default()
    };
    match database.write_blocking(move |tx| create_first_administrator(tx, &request)) {
        Ok(true) => Ok(FirstAdministrator::Created { name, secret }),
        Ok(false) | Err(CreateAccountError::Exists) => {
            // Another server on the same store has created it meanwhile, or an account of that name is no
            // administrator.
            if database.write_blocking(find_administrator)?.is_none() {
                tracing::warn!(
                    name,
                    "this server has no administrator; add one with: plauder group add-member admin NAME"
                );
            }
            Ok(FirstAdministrator::Exists { name })
        }
        Err(CreateAccountError::Store(error)) => Err(error.into()),
        Err(error) => Err(format!("admin.user cannot be used: {error}").into()),
    }
}

enum FirstAdministrator {
    Exists { name: String },
    Created { name: String, secret: AdminPassword },
}

enum AdminPassword {
    Given(String),
    Generated(String),
}

impl AdminPassword {
    fn as_str(&self) -> &str {
        match self {
            Self::Given(secret) | Self::Generated(secret) => secret,
        }
    }
}

async fn serve_until_stopped(config: &Config, database: &Database) -> Result<(), Failed> {
    let cannot_listen = |address: SocketAddr| move |error| format!("cannot listen on {address}: {error}");
    let listener =
        TcpListener::bind(config.server.listen).await.map_err(cannot_listen(config.server.listen))?;
    let address = listener.local_addr()?;
    let metrics = match config.metrics.listen {
        Some(address) => Some(TcpListener::bind(address).await.map_err(cannot_listen(address))?),
        None => None,
    };
    if let Some(metrics) = &metrics {
        tracing::info!(metrics = %metrics.local_addr()?, "serving metrics");
    }
    let (stop, stopped) = watch::channel(false);
    let app = App::new(
        database.clone(),
        Arc::new(SystemClock),
        Arc::new(SystemRng),
        config.clone(),
        public_url(config, address),
        stopped.clone(),
    );
    let mailer = match config.mail.sender() {
        Some((server, from)) => Some(Mailer::new(database.clone(), app.mail_counts(), server.clone(), from)?),
        None => None,
    };
    let wait_for_stop = |mut stopped: watch::Receiver<bool>| async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    let main = {
        let limits =
            ConnectionLimits { max_connections: config.connections.max, counts: app.connection_counts() };
        connections::serve(listener, router(app.clone()), limits, wait_for_stop(stopped.clone()))
    };
    let mailing = {
        let stopped = stopped.clone();
        async {
            if let Some(mailer) = mailer {
                mailer.run(stopped).await;
            }
        }
    };
    let maintaining = maintenance::run(app.clone());
    let delivering = delivery::run(app.clone());
    // The relay stops last, because what is committed while the others stop is published too.
    let (last_commit, all_committed) = tokio::sync::oneshot::channel::<()>();
    let relaying = {
        let all_committed = async {
            let _ = all_committed.await;
        };
        let app = &app;
        let relay = match &config.nats.url {
            Some(url) => Some(Relay::connect(url).await?),
            None => None,
        };
        async move {
            if let Some((relay, publisher)) = relay {
                app.set_publisher(publisher);
                relay.run(|id| app.mark_changed(id), || app.resync(), all_committed).await;
            }
        }
    };
    let serving_metrics = async {
        if let Some(listener) = metrics {
            connections::serve(
                listener,
                metrics_router(app.clone()),
                ConnectionLimits::default(),
                wait_for_stop(stopped),
            )
            .await;
        }
    };
    let committing = async {
        tokio::join!(main, serving_metrics, mailing, maintaining, delivering);
        drop(last_commit);
    };
    // From here on a signal stops the server in order.
    let signals = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    // This comes last, because the generated password is printed only once.
    let first = tokio::task::block_in_place(|| ensure_administrator(database, config))?;
    greet(address, &first);
    tracing::info!(%address, database = %config.database.url, version = env!("CARGO_PKG_VERSION"), "serving");
    let grace = Duration::from_secs(config.server.shutdown_seconds);
    tokio::select! {
        _ = async { tokio::join!(committing, relaying) } => {}
        () = stop_on_signal(signals, &stop, grace) => {}
    }
    Ok(())
}

/// Waits for a signal, then stops the server. Returns after the grace period, or at once on a second signal.
async fn stop_on_signal(
    (mut interrupt, mut terminate): (Signal, Signal),
    stop: &watch::Sender<bool>,
    grace: Duration,
) {
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
}

/// Prints the address of the server and a first request to try.
fn greet(address: SocketAddr, first: &FirstAdministrator) {
    let credentials = match first {
        FirstAdministrator::Created { name, secret: AdminPassword::Generated(secret) } => {
            println!("Made the first administrator: {name} with the password {secret}");
            println!(
                "(this is the only time that it is shown; change it with: plauder user password {name})"
            );
            format!("'{name}:{secret}'")
        }
        FirstAdministrator::Created { name, secret: AdminPassword::Given(_) } => {
            println!("Made the first administrator: {name} with the password from the configuration");
            format!("'{name}'")
        }
        FirstAdministrator::Exists { name } => format!("'{name}'"),
    };
    let host = local_host(address);
    println!("Plauder serves on http://{address}. List your conversations with:");
    println!(
        "  curl -u {credentials} -H 'OCS-APIRequest: true' \
         'http://{host}/ocs/v2.php/apps/spreed/api/v2/room?format=json'"
    );
}

/// The host and port under which clients on this machine reach the server.
fn local_host(address: SocketAddr) -> String {
    if address.ip().is_unspecified() { format!("127.0.0.1:{}", address.port()) } else { address.to_string() }
}

/// The beginning of links in mails.
fn public_url(config: &Config, address: SocketAddr) -> String {
    config.server.public_url.clone().unwrap_or_else(|| {
        let url = format!("http://{}", local_host(address));
        if config.mail.sender().is_some() {
            tracing::warn!(
                url,
                "links in mails begin with this address, because server.public_url is not set"
            );
        }
        url
    })
}
