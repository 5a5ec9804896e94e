//! Plauder as people meet it: the real binary, over HTTP, on both stores.

mod access_matrix;
mod accounts;
mod architecture;
mod calls;
mod chat;
mod circles;
mod command_line;
mod conversations;
mod crowds;
mod database_snapshot;
mod durability;
mod envelope;
mod fake_smtp;
mod guests;
mod http_edge;
mod integrity;
mod lifecycle;
mod locks;
mod mails;
mod nats;
mod notifications;
mod participants;
mod password_requests;
mod people;
mod random_requests;
mod secrets;
mod server;
mod sessions;
mod waiting;

/// Runs each story on both stores, as `NAME::on_sqlite` and `NAME::on_postgresql`.
macro_rules! stories {
    ($($(#[$doc:meta])* fn $name:ident($app:ident: Server) $body:block)+) => {$(
        mod $name {
            use super::*;

            fn story($app: &Server) $body

            #[test]
            fn on_sqlite() {
                story(&Server::on_sqlite());
            }

            #[test]
            fn on_postgresql() {
                story(&Server::on_postgresql());
            }
        }
    )+};
}
pub(crate) use stories;
