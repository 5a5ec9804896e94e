//! Signing in: what a client does first, and the cookie that it gets for it.

use plauder_model::{AccountId, AppPasswordId};
use plauder_store::web_sessions::{self, WebSession};
use plauder_store::{StoreError, Transaction, accounts};

use crate::secret;

/// How long a cookie is worth something: a day.
pub const WEB_SESSION_SECONDS: i64 = 24 * 60 * 60;

/// How many cookies of an account are worth something at the same time; the oldest give way.
const MOST_WEB_SESSIONS: i64 = 100;

/// Notes that an account signed in, and gives it the value of a cookie that stands for it from now on.
pub fn begin_web_session(
    tx: &mut Transaction<'_>,
    account: AccountId,
    app_password: Option<AppPasswordId>,
) -> Result<String, StoreError> {
    let secret = secret::cookie(tx.chance());
    let expires_at = tx.now() + WEB_SESSION_SECONDS;
    accounts::signed_in(tx, account)?;
    web_sessions::insert(tx, &secret::hash(&secret), WebSession { account, app_password }, expires_at)?;
    web_sessions::tidy(tx, account, MOST_WEB_SESSIONS)?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::App;

    #[test]
    fn the_oldest_cookies_give_way() {
        let app = App::new();
        let alice = app.user("alice").id;
        let secrets: Vec<String> = (0..=MOST_WEB_SESSIONS)
            .map(|_| {
                app.wind(1);
                app.write(move |tx| begin_web_session(tx, alice, None))
            })
            .collect();
        let is_valid = |secret: &str| {
            let hash = secret::hash(secret);
            app.write(move |tx| web_sessions::find(tx, &hash)).is_some()
        };
        assert!(!is_valid(&secrets[0]), "one too many");
        assert!(secrets[1..].iter().all(|secret| is_valid(secret)));
    }
}
