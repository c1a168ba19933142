//! Owns the annotations of sites: what happened on a day or at a moment, to be shown beside the numbers.
//! It does not know what a period is: `http` says from when to when.

use std::{fmt, ops::Range};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Serialize, Serializer};
use sqlx::{AnyConnection, Row, any::AnyRow};

use super::{
    database::{Control, IdKind, next_id},
    error::ControlError,
    memberships::site_exists,
    rows, text,
    users::UserId,
};
use crate::model::{Site, SiteId};

/// Most annotations of a site.
const MOST_ANNOTATIONS: usize = 1000;
/// Most characters of a note.
const NOTE_CHARS: usize = 500;
/// The years in which something may have happened.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2100;

/// The number of an annotation. Never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct AnnotationId(u32);

impl AnnotationId {
    /// Wraps the raw number, as a person may type it.
    pub const fn new(raw: u32) -> Self {
        Self(raw)
    }

    /// Returns the raw number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// When something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HappenedAt {
    /// On a day of the site's zone.
    Day(Date),
    Moment(Timestamp),
}

impl HappenedAt {
    /// Parses a day (`2026-06-15`) or a moment in RFC 3339 (`2026-06-15T12:00:00Z`), of 1970 to 2100.
    pub fn parse(text: &str) -> Result<Self, ControlError> {
        const DAY_BYTES: usize = "2026-06-15".len();
        let text = text.trim();
        let parsed = if text.len() == DAY_BYTES {
            text.parse().ok().filter(|day: &Date| YEARS.contains(&day.year())).map(Self::Day)
        } else {
            let year = |moment: &Timestamp| moment.to_zoned(TimeZone::UTC).year();
            text.parse().ok().filter(|moment| YEARS.contains(&year(moment))).map(Self::Moment)
        };
        parsed.ok_or_else(|| ControlError::InvalidField {
            field: "at",
            reason: "expected a day (2026-06-15) or a moment (2026-06-15T12:00:00Z) of the years 1970 to 2100"
                .to_owned(),
        })
    }

    /// Returns when it began: a day at the first moment that it has in the zone.
    #[must_use]
    pub fn began_at(&self, zone: &TimeZone) -> Timestamp {
        match self {
            // It cannot fail in the years that are allowed; were there others, they would stand at the end.
            Self::Day(day) => day.to_zoned(zone.clone()).map_or(Timestamp::MAX, |midnight| midnight.timestamp()),
            Self::Moment(moment) => *moment,
        }
    }
}

impl fmt::Display for HappenedAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Moment(moment) => moment.fmt(f),
        }
    }
}

impl Serialize for HappenedAt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A note about a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Annotation {
    pub id: AnnotationId,
    pub at: HappenedAt,
    pub text: String,
    /// The user who wrote it; none: a key or the command line did, or the user is gone.
    pub author: Option<UserId>,
}

/// What to change of an annotation.
#[derive(Debug, Clone, Default)]
pub struct AnnotationPatch {
    pub at: Option<HappenedAt>,
    pub text: Option<String>,
}

impl Control {
    /// Returns the annotations of a site, oldest first: all of them, or those that began within a period.
    pub async fn annotations(
        &self,
        site: &Site,
        within: Option<&Range<Timestamp>>,
    ) -> Result<Vec<Annotation>, ControlError> {
        let rows = sqlx::query("SELECT id, happened_at, note, author_id FROM annotations WHERE site_id = $1")
            .bind(i64::from(site.id.get()))
            .fetch_all(&self.pool)
            .await?;
        let mut annotations = rows.iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
        let began_at = |annotation: &Annotation| annotation.at.began_at(&site.time_zone);
        annotations.retain(|annotation| within.is_none_or(|period| period.contains(&began_at(annotation))));
        annotations.sort_by_key(|annotation| (began_at(annotation), annotation.id));
        Ok(annotations)
    }

    /// Adds an annotation.
    pub async fn add_annotation(
        &self,
        site: SiteId,
        at: HappenedAt,
        text: &str,
        author: Option<UserId>,
    ) -> Result<Annotation, ControlError> {
        let text = text::one_line("text", text, NOTE_CHARS)?;
        let mut change = self.change().await?;
        if !site_exists(&mut change, site).await? {
            return Err(ControlError::SiteNotFound);
        }
        if count(&mut change, site).await? >= MOST_ANNOTATIONS {
            return Err(ControlError::TooMany { what: "annotations", limit: MOST_ANNOTATIONS });
        }
        let id = AnnotationId(next_id(&mut change, IdKind::Annotation).await?);
        sqlx::query("INSERT INTO annotations (id, site_id, happened_at, note, author_id) VALUES ($1, $2, $3, $4, $5)")
            .bind(i64::from(id.0))
            .bind(i64::from(site.get()))
            .bind(at.to_string())
            .bind(text.as_str())
            .bind(author.map(UserId::to_sql))
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        Ok(Annotation { id, at, text, author })
    }

    /// Changes an annotation and returns what it is then.
    pub async fn change_annotation(
        &self,
        site: SiteId,
        id: AnnotationId,
        patch: &AnnotationPatch,
    ) -> Result<Annotation, ControlError> {
        let text = patch.text.as_deref().map(|text| text::one_line("text", text, NOTE_CHARS)).transpose()?;
        let mut change = self.change().await?;
        let row =
            sqlx::query("SELECT id, happened_at, note, author_id FROM annotations WHERE id = $1 AND site_id = $2")
                .bind(i64::from(id.0))
                .bind(i64::from(site.get()))
                .fetch_optional(&mut *change)
                .await?;
        let mut annotation = from_row(&row.ok_or(ControlError::AnnotationNotFound)?)?;
        annotation.at = patch.at.unwrap_or(annotation.at);
        annotation.text = text.unwrap_or(annotation.text);
        sqlx::query("UPDATE annotations SET happened_at = $1, note = $2 WHERE id = $3")
            .bind(annotation.at.to_string())
            .bind(annotation.text.as_str())
            .bind(i64::from(id.0))
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        Ok(annotation)
    }

    /// Removes an annotation.
    pub async fn remove_annotation(&self, site: SiteId, id: AnnotationId) -> Result<(), ControlError> {
        let mut change = self.change().await?;
        let removed = sqlx::query("DELETE FROM annotations WHERE id = $1 AND site_id = $2")
            .bind(i64::from(id.0))
            .bind(i64::from(site.get()))
            .execute(&mut *change)
            .await?;
        if removed.rows_affected() == 0 {
            return Err(ControlError::AnnotationNotFound);
        }
        Ok(change.commit().await?)
    }
}

async fn count(change: &mut AnyConnection, site: SiteId) -> Result<usize, ControlError> {
    let row = sqlx::query("SELECT count(*) AS annotations FROM annotations WHERE site_id = $1")
        .bind(i64::from(site.get()))
        .fetch_one(change)
        .await?;
    Ok(rows::number(&row, "annotations")? as usize)
}

fn from_row(row: &AnyRow) -> Result<Annotation, ControlError> {
    let at = HappenedAt::parse(&rows::text(row, "happened_at")?);
    let author = match row.try_get::<Option<i64>, _>("author_id")? {
        Some(_) => Some(UserId::from_row(row, "author_id")?),
        None => None,
    };
    Ok(Annotation {
        id: AnnotationId(rows::number(row, "id")?),
        at: at.or(Err(ControlError::Unreadable { what: "time of an annotation" }))?,
        text: rows::text(row, "note")?,
        author,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{NOW, TestDatabase, a_site, a_user, name};
    use super::super::time_zone;
    use super::*;
    use crate::model::SiteSettings;

    fn at(text: &str) -> HappenedAt {
        HappenedAt::parse(text).unwrap()
    }

    fn texts(annotations: &[Annotation]) -> Vec<&str> {
        annotations.iter().map(|annotation| annotation.text.as_str()).collect()
    }

    #[test]
    fn a_time_is_a_day_or_a_moment() {
        for (text, expected) in [
            ("2026-06-15", "2026-06-15"),
            (" 2026-06-15T12:00:00Z ", "2026-06-15T12:00:00Z"),
            ("2026-06-15T12:00:00+03:00", "2026-06-15T09:00:00Z"),
            ("1970-01-01", "1970-01-01"),
            ("2100-12-31T23:59:59Z", "2100-12-31T23:59:59Z"),
        ] {
            assert_eq!(at(text).to_string(), expected, "{text}");
        }
        for wrong in ["", "yesterday", "2026-6-15", "2026-02-30", "1969-12-31", "2101-01-01", "2026-06-15T12:00:00"] {
            let refused = HappenedAt::parse(wrong);
            assert!(matches!(refused, Err(ControlError::InvalidField { field: "at", .. })), "{wrong}: {refused:?}");
        }
    }

    #[tokio::test]
    async fn annotations_are_listed_in_order_and_by_period() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let sofia = time_zone("Europe/Sofia").unwrap();
        let site = control.add_site(&name("a.example"), &sofia, SiteSettings::default(), NOW).await.unwrap();
        for (when, text) in [
            ("2026-06-16", "day after"),
            ("2026-06-15", "day"),
            ("2026-06-14T20:59:59Z", "evening before, in Sofia"),
            ("2026-06-14T21:00:00Z", "midnight"),
            ("2026-06-15T20:59:59Z", "last second"),
        ] {
            control.add_annotation(site.id, at(when), text, None).await.unwrap();
        }
        let all = database.open().await.annotations(&site, None).await.unwrap();
        assert_eq!(texts(&all), ["evening before, in Sofia", "day", "midnight", "last second", "day after"]);
        let day = at("2026-06-15").began_at(&sofia)..at("2026-06-16").began_at(&sofia);
        let of_the_day = control.annotations(&site, Some(&day)).await.unwrap();
        assert_eq!(texts(&of_the_day), ["day", "midnight", "last second"]);
    }

    #[tokio::test]
    async fn an_annotation_is_changed_and_removed_and_outlives_its_author() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let (site, other) = (a_site(&control, "a.example").await, a_site(&control, "b.example").await);
        let ann = a_user(&control, "ann@x.example", false).await;
        let note = control.add_annotation(site.id, at("2026-06-15"), " Release 2 ", Some(ann.id)).await.unwrap();
        assert_eq!((note.text.as_str(), note.author), ("Release 2", Some(ann.id)));
        let patch = AnnotationPatch { at: Some(at("2026-06-16T08:00:00Z")), text: None };
        let moved = control.change_annotation(site.id, note.id, &patch).await.unwrap();
        assert_eq!(
            (moved.at, moved.text.as_str(), moved.author),
            (at("2026-06-16T08:00:00Z"), "Release 2", note.author)
        );
        let patch = AnnotationPatch { at: None, text: Some("Release 3".to_owned()) };
        let changed = control.change_annotation(site.id, note.id, &patch).await.unwrap();
        assert_eq!(control.annotations(&site, None).await.unwrap(), std::slice::from_ref(&changed));
        control.remove_user(ann.id).await.unwrap();
        assert_eq!(control.annotations(&site, None).await.unwrap(), [Annotation { author: None, ..changed }]);

        let foreign = control.change_annotation(other.id, note.id, &patch).await;
        assert!(matches!(foreign, Err(ControlError::AnnotationNotFound)), "{foreign:?}");
        let foreign = control.remove_annotation(other.id, note.id).await;
        assert!(matches!(foreign, Err(ControlError::AnnotationNotFound)), "{foreign:?}");
        control.remove_annotation(site.id, note.id).await.unwrap();
        let gone = control.remove_annotation(site.id, note.id).await;
        assert!(matches!(gone, Err(ControlError::AnnotationNotFound)), "{gone:?}");
        let next = control.add_annotation(site.id, at("2026-06-15"), "x", None).await.unwrap();
        assert_ne!(next.id, note.id, "a number of its own");
        control.remove_site(site.id).await.unwrap();
        assert_eq!(control.annotations(&site, None).await.unwrap(), []);
    }

    #[tokio::test]
    async fn annotations_are_bounded_in_number_and_length() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await;
        for wrong in ["", &"ю".repeat(501), "two\nlines"] {
            let refused = control.add_annotation(site.id, at("2026-06-15"), wrong, None).await;
            assert!(matches!(refused, Err(ControlError::InvalidField { field: "text", .. })), "{wrong:?}: {refused:?}");
        }
        control.add_annotation(site.id, at("2026-06-15"), &"ю".repeat(500), None).await.unwrap();
        // The other 999 at once: one by one they would be as many commits.
        let mut change = control.change().await.unwrap();
        for id in 1000..1999_i64 {
            sqlx::query("INSERT INTO annotations (id, site_id, happened_at, note) VALUES ($1, $2, '2026-06-15', 'x')")
                .bind(id)
                .bind(i64::from(site.id.get()))
                .execute(&mut *change)
                .await
                .unwrap();
        }
        change.commit().await.unwrap();
        let refused = control.add_annotation(site.id, at("2026-06-15"), "x", None).await;
        assert!(matches!(refused, Err(ControlError::TooMany { limit: 1000, .. })), "{refused:?}");
    }
}
