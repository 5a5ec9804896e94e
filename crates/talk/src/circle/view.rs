//! A circle as one actor sees it.

use plauder_model::CircleLevel;
use plauder_store::circles::Circle;

/// A circle, and what the actor may do with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CircleView {
    /// The circle.
    pub circle: Circle,
    /// Whether the actor administers the server, and so may do everything with the circle.
    pub is_administered: bool,
}

impl CircleView {
    /// Whether the actor may do what members of `level` may.
    #[must_use]
    pub fn allows(&self, level: CircleLevel) -> bool {
        self.is_administered || self.circle.viewer.as_ref().is_some_and(|own| own.level.includes(level))
    }
}
