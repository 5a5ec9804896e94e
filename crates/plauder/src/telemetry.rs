//! The log on standard error, as text or JSON.

use std::io::IsTerminal as _;

use plauder_config::{Config, LogFormat};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Starts logging. A panic is logged once, with its place but without its message, which may contain data of users.
pub(crate) fn start(config: &Config) {
    let filter = Targets::new().with_default(tracing::Level::WARN).with_targets(
        [
            "plauder",
            "plauder_live",
            "plauder_model",
            "plauder_ocs",
            "plauder_server",
            "plauder_store",
            "plauder_talk",
        ]
        .map(|target| (target, config.log.level)),
    );
    let registry = tracing_subscriber::registry().with(filter);
    if config.log.format == LogFormat::Json {
        let json = tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(std::io::stderr);
        registry.with(json).init();
    } else {
        let colours = std::io::stderr().is_terminal();
        let lines = tracing_subscriber::fmt::layer()
            .with_ansi(colours)
            .with_target(false)
            .with_writer(std::io::stderr);
        registry.with(lines).init();
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic, which is a fault of the program");
    }));
}
