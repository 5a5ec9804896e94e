//! A NATS server that a test starts, stops and starts again.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A NATS server; gone when it is dropped.
pub(crate) struct Nats {
    port: u16,
    arguments: &'static [&'static str],
    credentials: &'static str,
    child: Child,
}

impl Nats {
    pub(crate) fn start() -> Self {
        Self::with(&[], "")
    }

    /// A server that asks for a password.
    pub(crate) fn with_password() -> Self {
        Self::with(&["--user", "plauder", "--pass", "hush?4/8"], "plauder:hush%3F4%2F8@")
    }

    fn with(arguments: &'static [&'static str], credentials: &'static str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { port, arguments, credentials, child: launch(port, arguments) }
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://{}127.0.0.1:{}", self.credentials, self.port)
    }

    pub(crate) fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it where it was, after [`Nats::stop`].
    pub(crate) fn start_again(&mut self) {
        self.child = launch(self.port, self.arguments);
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn launch(port: u16, arguments: &[&str]) -> Child {
    let mut command = Command::new("nats-server");
    command.args(["-a", "127.0.0.1", "-p", &port.to_string()]).args(arguments).stderr(Stdio::null());
    let child =
        command.spawn().expect("nats-server is installed: run the tests with ./test, which sees to it");
    let began = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(began.elapsed() < Duration::from_secs(10), "nats-server does not answer");
        std::thread::yield_now();
    }
    child
}
