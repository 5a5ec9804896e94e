//! A circle as somebody sees it.

use plauder_model::CircleLevel;
use plauder_store::circles::Circle;

/// A circle, and what who looks at it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CircleView {
    /// The circle.
    pub circle: Circle,
    /// Whether who looks at it administers the server, and so may do everything with it.
    pub is_administered: bool,
}

impl CircleView {
    /// Whether who looks at it may do what members of `level` may.
    #[must_use]
    pub fn allows(&self, level: CircleLevel) -> bool {
        self.is_administered || self.circle.viewer.as_ref().is_some_and(|own| own.level.includes(level))
    }
}
