//! Owns the segments of sites: filters that were given a name. It does not read the filters: who keeps a segment has checked them.

use sqlx::{AnyConnection, any::AnyRow};

use super::{
    database::{Control, IdKind, next_id},
    error::ControlError,
    memberships::site_exists,
    rows, text,
};
use crate::model::{Segment, SegmentId, SiteId};

/// Most segments of a site.
const MOST_SEGMENTS: usize = 200;
/// Most bytes of the filters of a segment.
const FILTER_BYTES: usize = 16 * 1024;

/// What to change of a segment.
#[derive(Debug, Clone, Default)]
pub struct SegmentPatch {
    pub name: Option<String>,
    /// A list of filters as JSON, as reports take it.
    pub filters: Option<String>,
}

impl Control {
    /// Returns the segments of a site, by name.
    pub async fn segments(&self, site: SiteId) -> Result<Vec<Segment>, ControlError> {
        let mut connection = self.pool.acquire().await?;
        segments_of(&mut connection, site).await
    }

    /// Returns a segment of a site.
    pub async fn segment(&self, site: SiteId, id: SegmentId) -> Result<Segment, ControlError> {
        let row = sqlx::query("SELECT id, name, filters FROM segments WHERE id = $1 AND site_id = $2")
            .bind(i64::from(id.get()))
            .bind(i64::from(site.get()))
            .fetch_optional(&self.pool)
            .await?;
        from_row(&row.ok_or(ControlError::SegmentNotFound)?)
    }

    /// Adds a segment. `filters` is a list of filters as JSON that reports take.
    pub async fn add_segment(&self, site: SiteId, name: &str, filters: &str) -> Result<Segment, ControlError> {
        let name = text::name(name)?;
        check_size(filters)?;
        let mut change = self.change().await?;
        if !site_exists(&mut change, site).await? {
            return Err(ControlError::SiteNotFound);
        }
        let segments = segments_of(&mut change, site).await?;
        check_name_is_free(&segments, &name, None)?;
        if segments.len() >= MOST_SEGMENTS {
            return Err(ControlError::TooMany { what: "segments", limit: MOST_SEGMENTS });
        }
        let id = SegmentId::new(next_id(&mut change, IdKind::Segment).await?);
        sqlx::query("INSERT INTO segments (id, site_id, name, filters) VALUES ($1, $2, $3, $4)")
            .bind(i64::from(id.get()))
            .bind(i64::from(site.get()))
            .bind(name.as_str())
            .bind(filters)
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        Ok(Segment { id, name, filters: filters.to_owned() })
    }

    /// Changes a segment and returns what it is then.
    pub async fn change_segment(
        &self,
        site: SiteId,
        id: SegmentId,
        patch: &SegmentPatch,
    ) -> Result<Segment, ControlError> {
        let name = patch.name.as_deref().map(text::name).transpose()?;
        let mut change = self.change().await?;
        let segments = segments_of(&mut change, site).await?;
        let found = segments.iter().find(|segment| segment.id == id).cloned();
        let mut segment = found.ok_or(ControlError::SegmentNotFound)?;
        if let Some(name) = name {
            check_name_is_free(&segments, &name, Some(id))?;
            segment.name = name;
        }
        if let Some(filters) = &patch.filters {
            check_size(filters)?;
            segment.filters.clone_from(filters);
        }
        sqlx::query("UPDATE segments SET name = $1, filters = $2 WHERE id = $3")
            .bind(segment.name.as_str())
            .bind(segment.filters.as_str())
            .bind(i64::from(id.get()))
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        Ok(segment)
    }

    /// Removes a segment.
    pub async fn remove_segment(&self, site: SiteId, id: SegmentId) -> Result<(), ControlError> {
        let mut change = self.change().await?;
        let removed = sqlx::query("DELETE FROM segments WHERE id = $1 AND site_id = $2")
            .bind(i64::from(id.get()))
            .bind(i64::from(site.get()))
            .execute(&mut *change)
            .await?;
        if removed.rows_affected() == 0 {
            return Err(ControlError::SegmentNotFound);
        }
        Ok(change.commit().await?)
    }
}

fn check_size(filters: &str) -> Result<(), ControlError> {
    if filters.len() > FILTER_BYTES {
        let reason = format!("it has {} bytes of JSON, at most {FILTER_BYTES} are allowed", filters.len());
        return Err(ControlError::InvalidField { field: "filters", reason });
    }
    Ok(())
}

fn check_name_is_free(segments: &[Segment], name: &str, except: Option<SegmentId>) -> Result<(), ControlError> {
    if segments.iter().any(|segment| segment.name == name && Some(segment.id) != except) {
        return Err(ControlError::NameTaken { what: "segment", name: name.to_owned() });
    }
    Ok(())
}

async fn segments_of(connection: &mut AnyConnection, site: SiteId) -> Result<Vec<Segment>, ControlError> {
    let rows = sqlx::query("SELECT id, name, filters FROM segments WHERE site_id = $1")
        .bind(i64::from(site.get()))
        .fetch_all(connection)
        .await?;
    let mut segments = rows.iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
    // Not in SQL, for each database has an order of its own.
    segments.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(segments)
}

fn from_row(row: &AnyRow) -> Result<Segment, ControlError> {
    Ok(Segment {
        id: SegmentId::new(rows::number(row, "id")?),
        name: rows::text(row, "name")?,
        filters: rows::text(row, "filters")?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TestDatabase, a_site};
    use super::*;

    const FILTERS: &str = r#"[["is","visit:country",["BG"]]]"#;

    #[tokio::test]
    async fn a_segment_is_added_found_changed_and_removed() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await.id;
        let bulgarian = control.add_segment(site, " От България ", FILTERS).await.unwrap();
        let other = control.add_segment(site, "All", "[]").await.unwrap();
        assert_eq!(control.segments(site).await.unwrap(), [other.clone(), bulgarian.clone()]);
        assert_eq!(bulgarian.name, "От България");

        let rename = SegmentPatch { name: Some("BG".to_owned()), ..SegmentPatch::default() };
        let renamed = control.change_segment(site, bulgarian.id, &rename).await.unwrap();
        assert_eq!((renamed.name.as_str(), renamed.filters.as_str()), ("BG", FILTERS), "what is not named stays");
        let narrow = SegmentPatch { filters: Some("[1]".to_owned()), ..SegmentPatch::default() };
        control.change_segment(site, bulgarian.id, &narrow).await.unwrap();
        let found = database.open().await.segment(site, bulgarian.id).await.unwrap();
        assert_eq!((found.name.as_str(), found.filters.as_str()), ("BG", "[1]"));

        control.remove_segment(site, bulgarian.id).await.unwrap();
        let gone = control.segment(site, bulgarian.id).await;
        assert!(matches!(gone, Err(ControlError::SegmentNotFound)), "{gone:?}");
        assert_ne!(control.add_segment(site, "BG", FILTERS).await.unwrap().id, bulgarian.id, "a number of its own");
    }

    #[tokio::test]
    async fn two_segments_of_a_site_never_have_the_same_name() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let (site, other) = (a_site(&control, "a.example").await.id, a_site(&control, "b.example").await.id);
        control.add_segment(site, "BG", FILTERS).await.unwrap();
        control.add_segment(other, "BG", FILTERS).await.expect("another site");
        let second = control.add_segment(site, "DE", FILTERS).await.unwrap();
        let rename = SegmentPatch { name: Some("BG".to_owned()), ..SegmentPatch::default() };
        for taken in
            [control.add_segment(site, "BG ", FILTERS).await, control.change_segment(site, second.id, &rename).await]
        {
            assert!(matches!(taken, Err(ControlError::NameTaken { .. })), "{taken:?}");
        }
    }

    #[tokio::test]
    async fn segments_are_bounded_in_number_and_size() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site(&control, "a.example").await.id;
        let large = " ".repeat(FILTER_BYTES + 1);
        for n in 0..200 {
            control.add_segment(site, &n.to_string(), &large[1..]).await.unwrap();
        }
        let refused = control.add_segment(site, "one more", "[]").await;
        assert!(matches!(refused, Err(ControlError::TooMany { limit: 200, .. })), "{refused:?}");
        let first = control.segments(site).await.unwrap()[0].id;
        let patch = SegmentPatch { filters: Some(large), ..SegmentPatch::default() };
        let refused = control.change_segment(site, first, &patch).await;
        assert!(matches!(refused, Err(ControlError::InvalidField { field: "filters", .. })), "{refused:?}");
    }

    #[tokio::test]
    async fn segments_are_of_one_site_and_go_with_it() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let (site, other) = (a_site(&control, "a.example").await.id, a_site(&control, "b.example").await.id);
        let segment = control.add_segment(site, "BG", FILTERS).await.unwrap();
        let patch = SegmentPatch::default();
        assert!(matches!(control.segment(other, segment.id).await, Err(ControlError::SegmentNotFound)));
        assert!(matches!(control.change_segment(other, segment.id, &patch).await, Err(ControlError::SegmentNotFound)));
        assert!(matches!(control.remove_segment(other, segment.id).await, Err(ControlError::SegmentNotFound)));
        assert_eq!(control.segment(site, segment.id).await.unwrap(), segment);
        control.remove_site(site).await.unwrap();
        assert_eq!(control.segments(site).await.unwrap(), []);
        let nowhere = control.add_segment(site, "BG", FILTERS).await;
        assert!(matches!(nowhere, Err(ControlError::SiteNotFound)), "{nowhere:?}");
    }
}
