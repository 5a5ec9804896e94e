//! Plauder as people meet it: the real binary, over HTTP, on both stores.

mod accounts;
mod architecture;
mod calls;
mod chat;
mod circles;
mod command_line;
mod conversations;
mod crowds;
mod doors;
mod durability;
mod envelope;
mod guests;
mod http_edge;
mod lifecycle;
mod mails;
mod nats;
mod notifications;
mod onlooker;
mod order;
mod participants;
mod password_requests;
mod people;
mod post_office;
mod random_requests;
mod secrets;
mod server;
mod sessions;

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
