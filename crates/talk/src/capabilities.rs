//! What the server offers a caller.

use plauder_store::{StoreError, Transaction};

use crate::{Caller, Settings};

/// What Talk offers a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TalkCapabilities {
    /// Whether teams are switched on.
    pub circles: bool,
    /// Whether the caller may create conversations of type 2 and 3.
    pub can_create: bool,
}

/// What Talk offers the caller; `None` if the caller's account may not use Talk.
pub fn show(tx: &mut Transaction<'_>, caller: &Caller) -> Result<Option<TalkCapabilities>, StoreError> {
    let settings = Settings::load(tx)?;
    let can_create = match caller.account() {
        None => false,
        Some(account) if !settings.admits(tx, account)? => return Ok(None),
        Some(account) => settings.may_start_conversations(tx, account)?,
    };
    Ok(Some(TalkCapabilities { circles: settings.circles, can_create }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings;
    use crate::testing::{App, caller_of};

    #[test]
    fn capabilities_depend_on_the_accounts_groups() {
        let app = App::new();
        let (alice, bob, carla) = (app.user("alice"), app.user("bob"), app.user("carla"));
        app.group("makers", &["alice"]);
        app.group("talkers", &["alice", "bob"]);
        app.write(|tx| settings::set(tx, "start_conversations", r#"["makers"]"#));
        app.write(|tx| settings::set(tx, "allowed_groups", r#"["talkers"]"#));
        let shown = |caller: Caller| app.write(move |tx| show(tx, &caller));
        let can_create = |caller| shown(caller).map(|talk| talk.can_create);
        assert_eq!(can_create(caller_of(&alice)), Some(true));
        assert_eq!(can_create(caller_of(&bob)), Some(false));
        assert_eq!(can_create(caller_of(&carla)), None);
        assert_eq!(can_create(Caller::Nobody), Some(false));
        app.enables_circles();
        assert!(shown(Caller::Nobody).unwrap().circles);
    }
}
