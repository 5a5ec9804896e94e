//! Calls: the flags of a session that is in one.

/// How a session takes part in a call: a sum of flags (member `participantFlags`: 1 in the call, 2 with audio, 4 with
/// video, 8 by phone). The flag "in the call" is always set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallFlags(i64);

impl CallFlags {
    /// In the call.
    pub const IN_CALL: i64 = 1;
    /// All flags together.
    const ALL: i64 = 15;

    /// In the call with audio and video: the default of a request without flags.
    pub const DEFAULT: Self = Self(7);

    /// Parses a number from the wire and adds the flag "in the call". `None` if the number has unknown flags.
    #[must_use]
    pub const fn parse(number: i64) -> Option<Self> {
        if number & !Self::ALL == 0 { Some(Self(number | Self::IN_CALL)) } else { None }
    }

    /// The number on the wire and in the store.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parsed_flags_always_include_in_call() {
        let numbers: Vec<_> = [0, 1, 2, 7, 15].map(|n| CallFlags::parse(n).unwrap().number()).into();
        assert_eq!(numbers, [1, 1, 3, 7, 15]);
        assert_eq!([16, -1, 17].map(CallFlags::parse), [None; 3]);
        assert_eq!(CallFlags::parse(CallFlags::DEFAULT.number()), Some(CallFlags::DEFAULT));
    }
}
