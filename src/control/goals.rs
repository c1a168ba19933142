//! Owns the goals of sites: naming, keeping, changing and removing them. It does not count who reached them: `reports` does.

use std::collections::BTreeMap;

use sqlx::{AnyConnection, Row, any::AnyRow};

use super::{
    database::{Control, IdKind, next_id},
    error::ControlError,
    memberships::site_exists,
    rows,
    text::{self, NAME_CHARS},
};
use crate::model::{Currency, Goal, GoalId, GoalTarget, Pathname, SiteId};

/// Most goals of a site.
const MOST_GOALS: usize = 200;
/// Longest name of an event, bytes: a longer one is not accepted, so it could never be reached.
const EVENT_NAME_BYTES: usize = 120;
/// Most properties whose values a goal asks for, as in Plausible; and the longest name and value, bytes, that an event may have.
const MOST_PROPS: usize = 3;
const PROP_NAME_BYTES: usize = 300;
const PROP_VALUE_BYTES: usize = 2000;
/// Names of what the tracker reports by itself; a custom event never has them.
const NO_CUSTOM_EVENTS: [&str; 2] = ["pageview", "engagement"];

/// A goal to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGoal {
    pub target: GoalTarget,
    /// None: named after its target, as Plausible does.
    pub name: Option<String>,
    pub currency: Option<Currency>,
}

/// A goal that the site has now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptGoal {
    pub goal: Goal,
    /// Whether the site did not have it before.
    pub is_new: bool,
}

/// What to change of a goal. What it counts cannot be changed: that would be another goal.
#[derive(Debug, Clone, Default)]
pub struct GoalPatch {
    pub name: Option<String>,
    /// The inner `None` takes the currency away.
    pub currency: Option<Option<Currency>>,
}

impl Control {
    /// Returns the goals of a site, by name.
    pub async fn goals(&self, site: SiteId) -> Result<Vec<Goal>, ControlError> {
        let mut connection = self.pool.acquire().await?;
        goals_of(&mut connection, site).await
    }

    /// Keeps a goal. Where the site has one with this target, that one is returned as it is, whatever its name.
    pub async fn keep_goal(&self, site: SiteId, new: &NewGoal) -> Result<KeptGoal, ControlError> {
        check_target(&new.target)?;
        check_currency(&new.target, new.currency)?;
        let name = new.name.as_deref().map_or_else(|| Ok(default_name(&new.target)), text::name)?;
        let mut change = self.change().await?;
        if !site_exists(&mut change, site).await? {
            return Err(ControlError::SiteNotFound);
        }
        let goals = goals_of(&mut change, site).await?;
        if let Some(goal) = goals.iter().find(|goal| goal.target == new.target) {
            // Not silently: the sum of money would be of another currency than the caller believes.
            if new.currency.is_some() && new.currency != goal.currency {
                return Err(ControlError::OtherCurrency { name: goal.name.clone(), currency: goal.currency });
            }
            return Ok(KeptGoal { goal: goal.clone(), is_new: false });
        }
        check_name_is_free(&goals, &name, None)?;
        if goals.len() >= MOST_GOALS {
            return Err(ControlError::TooMany { what: "goals", limit: MOST_GOALS });
        }
        let id = GoalId::new(next_id(&mut change, IdKind::Goal).await?);
        let goal = Goal { id, name, target: new.target.clone(), currency: new.currency };
        insert(&mut change, site, &goal).await?;
        change.commit().await?;
        Ok(KeptGoal { goal, is_new: true })
    }

    /// Changes a goal and returns what it is then.
    pub async fn change_goal(&self, site: SiteId, id: GoalId, patch: &GoalPatch) -> Result<Goal, ControlError> {
        let name = patch.name.as_deref().map(text::name).transpose()?;
        let mut change = self.change().await?;
        let goals = goals_of(&mut change, site).await?;
        let mut goal = goals.iter().find(|goal| goal.id == id).cloned().ok_or(ControlError::GoalNotFound)?;
        if let Some(name) = name {
            check_name_is_free(&goals, &name, Some(id))?;
            goal.name = name;
        }
        if let Some(currency) = patch.currency {
            check_currency(&goal.target, currency)?;
            goal.currency = currency;
        }
        sqlx::query("UPDATE goals SET name = $1, currency = $2 WHERE id = $3")
            .bind(goal.name.as_str())
            .bind(goal.currency.map(String::from))
            .bind(i64::from(id.get()))
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        Ok(goal)
    }

    /// Removes a goal. What its events were stays stored: the same goal, kept again, counts them again.
    pub async fn remove_goal(&self, site: SiteId, id: GoalId) -> Result<(), ControlError> {
        let mut change = self.change().await?;
        let removed = sqlx::query("DELETE FROM goals WHERE id = $1 AND site_id = $2")
            .bind(i64::from(id.get()))
            .bind(i64::from(site.get()))
            .execute(&mut *change)
            .await?;
        if removed.rows_affected() == 0 {
            return Err(ControlError::GoalNotFound);
        }
        Ok(change.commit().await?)
    }
}

/// Returns the name of a goal that was given none.
fn default_name(target: &GoalTarget) -> String {
    let name = match target {
        GoalTarget::Event { name, props } if props.is_empty() => name.clone(),
        GoalTarget::Event { name, props } => {
            let props: Vec<String> = props.iter().map(|(key, value)| format!("{key}: {value}")).collect();
            format!("{name} ({})", props.join(", "))
        }
        GoalTarget::Page { pattern } => format!("Visit {pattern}"),
        GoalTarget::Scroll { pattern, percent } => format!("Scroll {percent}% on {pattern}"),
    };
    if name.chars().count() <= NAME_CHARS {
        return name;
    }
    name.chars().take(NAME_CHARS - 1).chain(['…']).collect()
}

fn check_target(target: &GoalTarget) -> Result<(), ControlError> {
    let invalid = |field, reason: String| Err(ControlError::InvalidField { field, reason });
    match target {
        GoalTarget::Event { name, props } => {
            check_props(props)?;
            if name.len() > EVENT_NAME_BYTES {
                return invalid("event_name", format!("it is longer than {EVENT_NAME_BYTES} bytes"));
            }
            if NO_CUSTOM_EVENTS.contains(&name.as_str()) {
                let reason = format!("{name} is no custom event; for views of a page give a page_path");
                return invalid("event_name", reason);
            }
            if text::one_line("event_name", name, EVENT_NAME_BYTES)? != *name {
                return invalid("event_name", "it begins or ends with a blank".to_owned());
            }
        }
        GoalTarget::Page { pattern } | GoalTarget::Scroll { pattern, .. } => {
            if !pattern.starts_with('/') {
                return invalid("page_path", "it does not start with a slash".to_owned());
            }
            if pattern.len() > Pathname::MAX_BYTES {
                return invalid("page_path", format!("it is longer than {} bytes", Pathname::MAX_BYTES));
            }
            if pattern.contains(char::is_control) {
                return invalid("page_path", "it has a control character".to_owned());
            }
        }
    }
    match target {
        GoalTarget::Scroll { percent, .. } if !(1..=100).contains(percent) => {
            invalid("scroll_depth", format!("it is {percent}, expected 1 to 100"))
        }
        GoalTarget::Event { .. } | GoalTarget::Page { .. } | GoalTarget::Scroll { .. } => Ok(()),
    }
}

fn check_props(props: &BTreeMap<String, String>) -> Result<(), ControlError> {
    let invalid = |reason: String| Err(ControlError::InvalidField { field: "custom_props", reason });
    if props.len() > MOST_PROPS {
        return invalid(format!("it has {} properties, at most {MOST_PROPS} are allowed", props.len()));
    }
    for (key, value) in props {
        for (text, what, limit) in [(key, "name", PROP_NAME_BYTES), (value, "value", PROP_VALUE_BYTES)] {
            if text.is_empty() || text.len() > limit || text.contains(char::is_control) {
                return invalid(format!(
                    "the {what} {text:?} is empty, longer than {limit} bytes, or has a control character"
                ));
            }
        }
    }
    Ok(())
}

/// Only custom events bring money.
fn check_currency(target: &GoalTarget, currency: Option<Currency>) -> Result<(), ControlError> {
    match target {
        GoalTarget::Event { .. } => Ok(()),
        GoalTarget::Page { .. } | GoalTarget::Scroll { .. } if currency.is_none() => Ok(()),
        GoalTarget::Page { .. } | GoalTarget::Scroll { .. } => Err(ControlError::InvalidField {
            field: "currency",
            reason: "only the goal of an event has one, for a view of a page brings no money".to_owned(),
        }),
    }
}

fn check_name_is_free(goals: &[Goal], name: &str, except: Option<GoalId>) -> Result<(), ControlError> {
    if goals.iter().any(|goal| goal.name == name && Some(goal.id) != except) {
        return Err(ControlError::NameTaken { what: "goal", name: name.to_owned() });
    }
    Ok(())
}

async fn goals_of(connection: &mut AnyConnection, site: SiteId) -> Result<Vec<Goal>, ControlError> {
    let rows = sqlx::query("SELECT id, name, kind, subject, percent, props, currency FROM goals WHERE site_id = $1")
        .bind(i64::from(site.get()))
        .fetch_all(connection)
        .await?;
    let mut goals = rows.iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
    // Not in SQL, for each database has an order of its own.
    goals.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(goals)
}

async fn insert(change: &mut AnyConnection, site: SiteId, goal: &Goal) -> Result<(), ControlError> {
    let (kind, subject, percent) = match &goal.target {
        GoalTarget::Event { name, .. } => ("event", name, 0),
        GoalTarget::Page { pattern } => ("page", pattern, 0),
        GoalTarget::Scroll { pattern, percent } => ("scroll", pattern, *percent),
    };
    // Keys in order: equal properties are equal texts, by which the database tells goals apart.
    let props = serde_json::to_string(goal.target.props())
        .map_err(|_not_json| ControlError::Unreadable { what: "properties of a goal" })?;
    sqlx::query(
        "INSERT INTO goals (id, site_id, name, kind, subject, percent, props, currency) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(i64::from(goal.id.get()))
    .bind(i64::from(site.get()))
    .bind(goal.name.as_str())
    .bind(kind)
    .bind(subject.as_str())
    .bind(i64::from(percent))
    .bind(props)
    .bind(goal.currency.map(String::from))
    .execute(change)
    .await?;
    Ok(())
}

fn from_row(row: &AnyRow) -> Result<Goal, ControlError> {
    let unreadable = |what| ControlError::Unreadable { what };
    let subject = rows::text(row, "subject")?;
    let target = match rows::text(row, "kind")?.as_str() {
        "event" => {
            let props = serde_json::from_str(&rows::text(row, "props")?);
            GoalTarget::Event { name: subject, props: props.or(Err(unreadable("properties of a goal")))? }
        }
        "page" => GoalTarget::Page { pattern: subject },
        "scroll" => {
            let percent = rows::number(row, "percent")?.try_into().or(Err(unreadable("percent")))?;
            GoalTarget::Scroll { pattern: subject, percent }
        }
        _ => return Err(unreadable("kind of goal")),
    };
    let currency = row.try_get::<Option<String>, _>("currency")?;
    let currency = currency.map(|code| Currency::parse(&code).ok_or(unreadable("currency"))).transpose()?;
    Ok(Goal { id: GoalId::new(rows::number(row, "id")?), name: rows::text(row, "name")?, target, currency })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TestDatabase, a_site};
    use super::*;

    fn event(name: &str) -> NewGoal {
        NewGoal { target: GoalTarget::event(name), name: None, currency: None }
    }

    fn with(props: &[(&str, &str)], name: &str) -> NewGoal {
        let props = props.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        NewGoal { target: GoalTarget::Event { name: name.to_owned(), props }, name: None, currency: None }
    }

    fn page(pattern: &str) -> NewGoal {
        NewGoal { target: GoalTarget::Page { pattern: pattern.to_owned() }, name: None, currency: None }
    }

    fn scroll(pattern: &str, percent: u8) -> NewGoal {
        NewGoal { target: GoalTarget::Scroll { pattern: pattern.to_owned(), percent }, name: None, currency: None }
    }

    fn named(name: &str, goal: NewGoal) -> NewGoal {
        NewGoal { name: Some(name.to_owned()), ..goal }
    }

    fn in_currency(code: &str, goal: NewGoal) -> NewGoal {
        NewGoal { currency: Currency::parse(code), ..goal }
    }

    #[tokio::test]
    async fn goals_are_kept_and_listed_by_name() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let (site, other) = (a_site(&control, "a.example").await.id, a_site(&control, "b.example").await.id);
        for new in [
            page("/благодаря/**"),
            in_currency("eur", event("Purchase")),
            scroll("/blog/*", 75),
            named("Читатели", page("/blog")),
        ] {
            assert!(control.keep_goal(site, &new).await.unwrap().is_new);
        }
        let goals = database.open().await.goals(site).await.unwrap();
        let names: Vec<&str> = goals.iter().map(|goal| goal.name.as_str()).collect();
        assert_eq!(names, ["Purchase", "Scroll 75% on /blog/*", "Visit /благодаря/**", "Читатели"]);
        assert_eq!(goals[0].currency, Currency::parse("EUR"));
        assert_eq!(goals[1].target, GoalTarget::Scroll { pattern: "/blog/*".to_owned(), percent: 75 });
        assert_eq!(control.goals(other).await.unwrap(), []);
    }

    #[tokio::test]
    async fn an_equal_goal_is_returned_and_not_doubled() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await.id;
        let first = control.keep_goal(site, &in_currency("EUR", event("Purchase"))).await.unwrap().goal;
        let revision = control.revision().await.unwrap();
        for again in [event("Purchase"), named("Sale", event("Purchase")), in_currency("EUR", event("Purchase"))] {
            let kept = control.keep_goal(site, &again).await.unwrap();
            assert_eq!(kept, KeptGoal { goal: first.clone(), is_new: false }, "{again:?}");
        }
        assert_eq!(control.revision().await.unwrap(), revision, "nothing was changed");
        let other = control.keep_goal(site, &in_currency("USD", event("Purchase"))).await;
        assert!(matches!(other, Err(ControlError::OtherCurrency { .. })), "{other:?}");
        assert_eq!(other.unwrap_err().to_string(), "the goal \"Purchase\" counts this already, with the currency EUR");
        let sizes = [("size", "XL"), ("colour", "червен")];
        for new in [
            page("/x"),
            scroll("/x", 50),
            scroll("/x", 51),
            event("/x"),
            with(&sizes, "Purchase"),
            with(&sizes[..1], "Purchase"),
        ] {
            assert!(control.keep_goal(site, &new).await.unwrap().is_new, "another target: {new:?}");
        }
        let again = control.keep_goal(site, &with(&[sizes[1], sizes[0]], "Purchase")).await.unwrap();
        assert!(!again.is_new, "in another order they are the same");
        assert_eq!(again.goal.name, "Purchase (colour: червен, size: XL)");
        assert_eq!(again.goal.target, with(&sizes, "Purchase").target);
    }

    #[tokio::test]
    async fn a_goal_asks_for_few_values_of_properties_that_an_event_can_have() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await.id;
        let long = "x".repeat(PROP_VALUE_BYTES + 1);
        for wrong in [
            with(&[("a", "1"), ("b", "1"), ("c", "1"), ("d", "1")], "Purchase"),
            with(&[("", "1")], "Purchase"),
            with(&[("a", "")], "Purchase"),
            with(&[("a", &long)], "Purchase"),
            with(&[(&long[..=PROP_NAME_BYTES], "1")], "Purchase"),
            with(&[("a", "1\u{0}")], "Purchase"),
        ] {
            let refused = control.keep_goal(site, &wrong).await;
            assert!(matches!(&refused, Err(ControlError::InvalidField { field: "custom_props", .. })), "{refused:?}");
        }
    }

    #[tokio::test]
    async fn two_goals_of_a_site_never_have_the_same_name() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let (site, other) = (a_site(&control, "a.example").await.id, a_site(&control, "b.example").await.id);
        let goal = control.keep_goal(site, &event("Visit /x")).await.unwrap().goal;
        for new in [page("/x"), named("Visit /x", event("y"))] {
            let taken = control.keep_goal(site, &new).await;
            assert!(matches!(&taken, Err(ControlError::NameTaken { name, .. }) if name == "Visit /x"), "{taken:?}");
        }
        let second = control.keep_goal(site, &named("X", page("/x"))).await.unwrap().goal;
        let rename = |name: &str| GoalPatch { name: Some(name.to_owned()), ..GoalPatch::default() };
        let taken = control.change_goal(site, second.id, &rename("Visit /x")).await;
        assert!(matches!(taken, Err(ControlError::NameTaken { .. })), "{taken:?}");
        control.change_goal(site, second.id, &rename("X")).await.expect("its own name");
        control.change_goal(site, goal.id, &rename("Y")).await.unwrap();
        let renamed = control.change_goal(site, second.id, &rename(" Visit /x ")).await.unwrap();
        assert_eq!((renamed.name.as_str(), renamed.target), ("Visit /x", second.target));
        assert!(control.keep_goal(other, &event("Visit /x")).await.unwrap().is_new, "another site");
    }

    #[tokio::test]
    async fn a_currency_is_given_and_taken_away() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await.id;
        let goal = control.keep_goal(site, &event("Purchase")).await.unwrap().goal;
        for currency in [Currency::parse("BGN"), None] {
            let patch = GoalPatch { currency: Some(currency), ..GoalPatch::default() };
            assert_eq!(control.change_goal(site, goal.id, &patch).await.unwrap().currency, currency);
            assert_eq!(control.goals(site).await.unwrap()[0].currency, currency);
        }
        let page = control.keep_goal(site, &page("/x")).await.unwrap().goal;
        let patch = GoalPatch { currency: Some(Currency::parse("BGN")), ..GoalPatch::default() };
        let refused = control.change_goal(site, page.id, &patch).await;
        assert!(matches!(refused, Err(ControlError::InvalidField { field: "currency", .. })), "{refused:?}");
    }

    #[tokio::test]
    async fn wrong_goals_are_refused_and_the_field_is_named() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await.id;
        for (new, expected) in [
            (event(""), "event_name"),
            (event(" a"), "event_name"),
            (event("a\nb"), "event_name"),
            (event("pageview"), "event_name"),
            (event("engagement"), "event_name"),
            (event(&"ю".repeat(61)), "event_name"),
            (page("x"), "page_path"),
            (page(""), "page_path"),
            (page("/a\u{0}"), "page_path"),
            (page(&format!("/{}", "x".repeat(2048))), "page_path"),
            (scroll("/x", 0), "scroll_depth"),
            (scroll("/x", 101), "scroll_depth"),
            (named(" ", event("a")), "name"),
            (named(&"x".repeat(121), event("a")), "name"),
            (in_currency("EUR", page("/x")), "currency"),
        ] {
            let refused = control.keep_goal(site, &new).await;
            assert!(
                matches!(refused, Err(ControlError::InvalidField { field, .. }) if field == expected),
                "{new:?}: {refused:?}"
            );
        }
        assert_eq!(control.goals(site).await.unwrap(), []);
    }

    #[tokio::test]
    async fn a_site_may_have_200_goals() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await.id;
        for n in 0..200 {
            control.keep_goal(site, &event(&format!("event {n}"))).await.unwrap();
        }
        let refused = control.keep_goal(site, &event("one more")).await;
        assert!(matches!(refused, Err(ControlError::TooMany { limit: 200, .. })), "{refused:?}");
        assert!(!control.keep_goal(site, &event("event 7")).await.unwrap().is_new, "one that is there");
        let first = control.goals(site).await.unwrap()[0].id;
        control.remove_goal(site, first).await.unwrap();
        control.keep_goal(site, &event("one more")).await.expect("room for one");
    }

    #[tokio::test]
    async fn goals_are_of_one_site_go_with_it_and_their_numbers_never_come_again() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let (site, other) = (a_site(&control, "a.example").await.id, a_site(&control, "b.example").await.id);
        let goal = control.keep_goal(site, &event("a")).await.unwrap().goal;
        let foreign = control.remove_goal(other, goal.id).await;
        assert!(matches!(foreign, Err(ControlError::GoalNotFound)), "{foreign:?}");
        let foreign = control.change_goal(other, goal.id, &GoalPatch::default()).await;
        assert!(matches!(foreign, Err(ControlError::GoalNotFound)), "{foreign:?}");
        control.remove_goal(site, goal.id).await.unwrap();
        let gone = control.remove_goal(site, goal.id).await;
        assert!(matches!(gone, Err(ControlError::GoalNotFound)), "{gone:?}");
        assert_ne!(control.keep_goal(site, &event("a")).await.unwrap().goal.id, goal.id);
        control.remove_site(site).await.unwrap();
        assert_eq!(control.goals(site).await.unwrap(), []);
        let nowhere = control.keep_goal(site, &event("a")).await;
        assert!(matches!(nowhere, Err(ControlError::SiteNotFound)), "{nowhere:?}");
    }

    #[test]
    fn a_long_default_name_is_cut() {
        let name = default_name(&page(&format!("/{}", "ю".repeat(200))).target);
        assert_eq!((name.chars().count(), name.chars().last()), (120, Some('…')));
    }
}
