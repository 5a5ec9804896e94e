//! Circles and their members as clients of today's teams know them.

use plauder_model::{CircleLevel, Timestamp};
use plauder_ocs::php::PhpObject;
use plauder_store::circles;
use plauder_talk::circle::CircleView;
use plauder_talk::circle::add_member::ACCOUNT;
use schemars::JsonSchema;
use serde::Serialize;

/// A circle that people made, among the other kinds that clients know.
const MADE_BY_PEOPLE: i64 = 16;

/// A circle.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(crate) struct Circle {
    id: String,
    name: String,
    display_name: String,
    sanitized_name: String,
    source: i64,
    population: i64,
    config: i64,
    description: &'static str,
    url: &'static str,
    creation: Timestamp,
    /// Who is asking, if they are in.
    initiator: Option<Member>,
    owner: Member,
    #[serde(skip_serializing_if = "Option::is_none")]
    settings: Option<PhpObject<Settings>>,
}

/// The members of a team that are shown only to those who may change it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
struct Settings {
    population: i64,
    population_inherited: i64,
}

/// A member of a circle.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub(crate) struct Member {
    id: String,
    circle_id: String,
    /// The account, under the same id in all circles.
    single_id: String,
    user_id: String,
    user_type: i64,
    level: CircleLevel,
    status: &'static str,
    display_name: String,
    joined: Timestamp,
}

/// A member of a team, with the team.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct TeamMember {
    #[serde(flatten)]
    member: Member,
    circle: Circle,
}

impl TeamMember {
    /// A member of the team that is viewed.
    pub(crate) fn new(view: CircleView, member: circles::CircleMember) -> Self {
        let circle = Circle::from(view);
        Self { member: Member::new(&circle.id, member), circle }
    }

    /// The members of the team that is viewed.
    pub(crate) fn list(view: CircleView, members: Vec<circles::CircleMember>) -> Vec<Self> {
        let circle = Circle::from(view);
        let members = members.into_iter().map(|member| Member::new(&circle.id, member));
        members.map(|member| Self { member, circle: circle.clone() }).collect()
    }
}

impl From<CircleView> for Circle {
    fn from(view: CircleView) -> Self {
        let may_change = view.allows(CircleLevel::Admin);
        let circles::Circle { id, name, created_at, population, owner, viewer, .. } = view.circle;
        let settings = Settings { population, population_inherited: population };
        Self {
            initiator: viewer.map(|viewer| Member::new(&id, viewer)),
            owner: Member::new(&id, owner),
            id,
            display_name: name.clone(),
            sanitized_name: name.clone(),
            name,
            source: MADE_BY_PEOPLE,
            population,
            config: 0,
            description: "",
            url: "",
            creation: created_at,
            settings: may_change.then(|| PhpObject(Some(settings).filter(|_| population > 0))),
        }
    }
}

impl Member {
    fn new(circle: &str, member: circles::CircleMember) -> Self {
        Self {
            id: member.id,
            circle_id: circle.to_owned(),
            single_id: format!("{:031}", member.account.0),
            user_id: member.user_id,
            user_type: ACCOUNT,
            level: member.level,
            status: "Member",
            display_name: member.display_name,
            joined: member.joined_at,
        }
    }
}
