//! Policies: who may use an operation.

use plauder_ocs::Failure;
use plauder_store::{StoreError, Transaction};
use plauder_talk::account::access::is_admin;
use plauder_talk::{Caller, Settings};

use crate::error::ApiError;

/// Who may use an operation. [`Policy::authorize`] runs in the transaction of the use case.
pub(crate) trait Policy: Send + Sync + 'static {
    /// The name in documents.
    const NAME: &'static str;
    /// Whether the operation needs an account. Then a request without credentials is refused before it is read.
    const NEEDS_ACCOUNT: bool;
    /// The statuses with which it refuses a caller whose credentials are right.
    const DENIES: &'static [u16];
    /// What the use case receives about the caller.
    type Principal;

    /// Admits the caller, or refuses.
    fn authorize(tx: &mut Transaction<'_>, caller: Caller) -> Result<Self::Principal, Denied>;
}

/// Why a policy does not admit a caller.
pub(crate) enum Denied {
    NotSignedIn,
    Forbidden(&'static str),
    NotFound(&'static str),
    Store(StoreError),
}

impl From<StoreError> for Denied {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Denied> for ApiError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::NotSignedIn => Self::not_signed_in(),
            Denied::Forbidden(message) => Failure::new(403).because(message).into(),
            Denied::NotFound(message) => Failure::new(404).because(message).into(),
            Denied::Store(error) => Self::store(&error),
        }
    }
}

/// Admits everyone.
pub(crate) struct Anyone;

impl Policy for Anyone {
    const NAME: &'static str = "anyone";
    const NEEDS_ACCOUNT: bool = false;
    const DENIES: &'static [u16] = &[];
    type Principal = Caller;

    fn authorize(_: &mut Transaction<'_>, caller: Caller) -> Result<Caller, Denied> {
        Ok(caller)
    }
}

/// Admits every account.
pub(crate) struct User;

impl Policy for User {
    const NAME: &'static str = "user";
    const NEEDS_ACCOUNT: bool = true;
    const DENIES: &'static [u16] = &[];
    type Principal = plauder_talk::SignedIn;

    fn authorize(_: &mut Transaction<'_>, caller: Caller) -> Result<plauder_talk::SignedIn, Denied> {
        match caller {
            Caller::Account(signed_in) => Ok(signed_in),
            Caller::Guest(_) | Caller::Nobody => Err(Denied::NotSignedIn),
        }
    }
}

/// Admits administrators.
pub(crate) struct Admin;

impl Policy for Admin {
    const NAME: &'static str = "administrator";
    const NEEDS_ACCOUNT: bool = true;
    const DENIES: &'static [u16] = &[403];
    type Principal = plauder_talk::SignedIn;

    fn authorize(tx: &mut Transaction<'_>, caller: Caller) -> Result<plauder_talk::SignedIn, Denied> {
        let signed_in = User::authorize(tx, caller)?;
        if is_admin(tx, &signed_in.account)? {
            Ok(signed_in)
        } else {
            Err(Denied::Forbidden("Logged in account must be at least a sub admin"))
        }
    }
}

/// Admits guests, and accounts that may use Talk.
pub(crate) struct TalkUserOrGuest;

/// A caller that [`TalkUserOrGuest`] has admitted.
pub(crate) struct TalkPrincipal {
    pub(crate) caller: Caller,
    pub(crate) settings: Settings,
}

impl Policy for TalkUserOrGuest {
    const NAME: &'static str = "Talk user or guest";
    const NEEDS_ACCOUNT: bool = false;
    const DENIES: &'static [u16] = &[403];
    type Principal = TalkPrincipal;

    fn authorize(tx: &mut Transaction<'_>, caller: Caller) -> Result<TalkPrincipal, Denied> {
        let settings = Settings::load(tx)?;
        if let Some(account) = caller.account()
            && !settings.admits(tx, account)?
        {
            return Err(Denied::Forbidden("Talk is limited to some groups on this server"));
        }
        Ok(TalkPrincipal { caller, settings })
    }
}

/// Admits accounts that may use Talk.
pub(crate) struct TalkUser;

/// An account that [`TalkUser`] has admitted.
pub(crate) struct TalkUserPrincipal {
    pub(crate) account: plauder_store::accounts::Account,
    pub(crate) settings: Settings,
}

impl Policy for TalkUser {
    const NAME: &'static str = "Talk user";
    const NEEDS_ACCOUNT: bool = true;
    const DENIES: &'static [u16] = &[403];
    type Principal = TalkUserPrincipal;

    fn authorize(tx: &mut Transaction<'_>, caller: Caller) -> Result<TalkUserPrincipal, Denied> {
        let TalkPrincipal { caller, settings } = TalkUserOrGuest::authorize(tx, caller)?;
        let signed_in = User::authorize(tx, caller)?;
        Ok(TalkUserPrincipal { account: signed_in.account, settings })
    }
}

/// Admits accounts that may use Talk, if circles are switched on.
pub(crate) struct CirclesUser;

impl Policy for CirclesUser {
    const NAME: &'static str = "Talk user, while teams are switched on";
    const NEEDS_ACCOUNT: bool = true;
    const DENIES: &'static [u16] = &[403, 404];
    type Principal = TalkUserPrincipal;

    fn authorize(tx: &mut Transaction<'_>, caller: Caller) -> Result<TalkUserPrincipal, Denied> {
        let principal = TalkUser::authorize(tx, caller)?;
        if principal.settings.circles {
            Ok(principal)
        } else {
            Err(Denied::NotFound("Teams are switched off on this server"))
        }
    }
}
