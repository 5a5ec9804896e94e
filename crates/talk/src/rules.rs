//! Rules that differ between versions of the conversation API.

use plauder_model::ConversationName;

/// The rules that differ between versions of the conversation API. A version passes its rules to the use cases, which
/// know no versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// The maximum length of a name when a conversation is renamed, in characters.
    pub max_name_at_renaming: usize,
    /// The maximum length of a description, in characters.
    pub max_description: usize,
    /// Whether opening a public conversation, and closing a group, is refused. If not, it changes nothing.
    pub refuses_unchanged_openness: bool,
}

impl Rules {
    /// Conversation API v1 and v2.
    pub const V1: Self = Self {
        max_name_at_renaming: ConversationName::MAX_AT_RENAMING,
        max_description: 500,
        refuses_unchanged_openness: true,
    };

    /// Conversation API v3.
    pub const V3: Self = Self { max_name_at_renaming: ConversationName::MAX_AT_CREATION, ..Self::V1 };
}
