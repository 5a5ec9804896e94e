//! What a route asks of who is calling.

use plauder_model::GroupId;
use plauder_ocs::Failure;
use plauder_store::{StoreError, Transaction, groups};
use plauder_talk::{Caller, Settings};

use crate::error::ApiError;

/// A kind of route. [`Door::admit`] runs in the transaction of the use case behind it.
pub(crate) trait Door: Send + Sync + 'static {
    /// How documents call it.
    const NAME: &'static str;
    /// Whether the call needs an account: then who shows none is told so before anything else.
    const NEEDS_ACCOUNT: bool;
    /// What the use case gets to know of who is calling.
    type Pass;

    /// Lets the caller through, or not.
    fn admit(tx: &mut Transaction<'_>, caller: Caller) -> Result<Self::Pass, Refused>;
}

/// Why somebody is not let through.
pub(crate) enum Refused {
    NotSignedIn,
    Forbidden(&'static str),
    NotThere(&'static str),
    Store(StoreError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotSignedIn => Self::not_signed_in(),
            Refused::Forbidden(message) => Failure::new(403).because(message).into(),
            Refused::NotThere(message) => Failure::new(404).because(message).into(),
            Refused::Store(error) => Self::store(&error),
        }
    }
}

/// Open to everyone.
pub(crate) struct Open;

impl Door for Open {
    const NAME: &'static str = "anyone";
    const NEEDS_ACCOUNT: bool = false;
    type Pass = Caller;

    fn admit(_: &mut Transaction<'_>, caller: Caller) -> Result<Caller, Refused> {
        Ok(caller)
    }
}

/// For everyone with an account.
pub(crate) struct SignedIn;

impl Door for SignedIn {
    const NAME: &'static str = "user";
    const NEEDS_ACCOUNT: bool = true;
    type Pass = plauder_talk::SignedIn;

    fn admit(_: &mut Transaction<'_>, caller: Caller) -> Result<plauder_talk::SignedIn, Refused> {
        match caller {
            Caller::Account(signed_in) => Ok(signed_in),
            Caller::Guest(_) | Caller::Nobody => Err(Refused::NotSignedIn),
        }
    }
}

/// For administrators.
pub(crate) struct Administrator;

impl Door for Administrator {
    const NAME: &'static str = "administrator";
    const NEEDS_ACCOUNT: bool = true;
    type Pass = plauder_talk::SignedIn;

    fn admit(tx: &mut Transaction<'_>, caller: Caller) -> Result<plauder_talk::SignedIn, Refused> {
        let signed_in = SignedIn::admit(tx, caller)?;
        if groups::holds(tx, signed_in.account.id, GroupId::ADMIN)? {
            Ok(signed_in)
        } else {
            Err(Refused::Forbidden("Logged in account must be at least a sub admin"))
        }
    }
}

/// Open to everyone who may use Talk.
pub(crate) struct Talk;

/// Somebody at an open door of Talk.
pub(crate) struct Visitor {
    pub(crate) caller: Caller,
    pub(crate) settings: Settings,
}

impl Door for Talk {
    const NAME: &'static str = "Talk user or guest";
    const NEEDS_ACCOUNT: bool = false;
    type Pass = Visitor;

    fn admit(tx: &mut Transaction<'_>, caller: Caller) -> Result<Visitor, Refused> {
        let settings = Settings::load(tx)?;
        if let Some(account) = caller.account()
            && !settings.admits(tx, account)?
        {
            return Err(Refused::Forbidden("Talk is limited to some groups on this server"));
        }
        Ok(Visitor { caller, settings })
    }
}

/// For everyone with an account who may use Talk.
pub(crate) struct Member;

/// Somebody with an account in Talk.
pub(crate) struct Resident {
    pub(crate) account: plauder_store::accounts::Account,
    pub(crate) settings: Settings,
}

impl Door for Member {
    const NAME: &'static str = "Talk user";
    const NEEDS_ACCOUNT: bool = true;
    type Pass = Resident;

    fn admit(tx: &mut Transaction<'_>, caller: Caller) -> Result<Resident, Refused> {
        let Visitor { caller, settings } = Talk::admit(tx, caller)?;
        let signed_in = SignedIn::admit(tx, caller)?;
        Ok(Resident { account: signed_in.account, settings })
    }
}

/// For everyone with an account who may use Talk, where there are circles.
pub(crate) struct Circles;

impl Door for Circles {
    const NAME: &'static str = "Talk user, while teams are switched on";
    const NEEDS_ACCOUNT: bool = true;
    type Pass = Resident;

    fn admit(tx: &mut Transaction<'_>, caller: Caller) -> Result<Resident, Refused> {
        let resident = Member::admit(tx, caller)?;
        if resident.settings.circles {
            Ok(resident)
        } else {
            Err(Refused::NotThere("Circles are switched off on this server"))
        }
    }
}
