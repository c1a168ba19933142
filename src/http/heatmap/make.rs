//! Owns the making of one map for one request: which rows it is of, what it is compared with, and the bytes in the end.
//! Who asks has been let in before.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Document, ask::Access, parameters_of};
use crate::{
    control::snapshot::SiteWithSalts,
    heatmap::{
        HeatMap, HeatmapError, MapRequest, Page, Scope,
        ledger::Ledger,
        load::{self, Wanted},
        moments,
        params::{Compare, Frames, Kind, Pages, Underlay},
    },
    http::{Shared, State, error::ApiError, links::Pairs, reports, shelf::Key},
    render::Photo,
    reports::{Range, filter::Filter},
    screenshots::Found,
};

/// A map that is going to be made: everything is known but the rows.
pub struct Making {
    shared: State,
    site: Arc<SiteWithSalts>,
    request: MapRequest,
    scope: Scope,
    compared: Option<Scope>,
    screenshot: Option<Arc<Found>>,
    /// Elements that fewer visitors touched are not shown to who has only a link.
    least_visitors: Option<u32>,
}

impl Making {
    /// Reads the parameters, and finds out what they mean now, for this site.
    pub async fn prepare(
        shared: &State,
        site: &Arc<SiteWithSalts>,
        pairs: Pairs,
        access: &Access,
    ) -> Result<Self, ApiError> {
        let (request, range) = parameters_of(pairs)?;
        let range = reports::resolve_range(shared, &site.site, &range).await?;
        let compared = match &request.compare {
            Some(compare) => Some(other_scope(shared, site, &request, compare, range).await?),
            None => None,
        };
        let screenshot = screenshot_of(shared, site, &request).await?;
        let least_visitors = match access {
            Access::Link { .. } | Access::Shared => {
                Some(u32::from(site.site.settings.shared_map_min_visitors)).filter(|&least| least > 1)
            }
            Access::Caller | Access::Token => None,
        };
        Ok(Self {
            shared: shared.clone(),
            site: Arc::clone(site),
            scope: scope_of(shared, site, range, &request.filters).await?,
            request,
            compared,
            screenshot,
            least_visitors,
        })
    }

    pub const fn request(&self) -> &MapRequest {
        &self.request
    }

    /// Returns what names the result: all that it depends on but the rows.
    pub fn key(&self, document: Document) -> Key {
        let Self { request, scope, compared, screenshot, least_visitors, .. } = self;
        let picture = screenshot.as_ref().map(|found| found.screenshot.file.as_str());
        let text = format!("{document:?} {request:?} {scope:?} {compared:?} {picture:?} {least_visitors:?}");
        *blake3::hash(text.as_bytes()).as_bytes()
    }

    /// Makes the map. The drawing is done beside the async threads.
    pub async fn make(&self, document: Document) -> Result<Vec<u8>, ApiError> {
        let moves = document == Document::Gif;
        if moves && (!self.request.kind.is_of_spots() || self.compared.is_some()) {
            return Err(HeatmapError::NotMoving.into());
        }
        if moves && self.request.kind == Kind::Move && self.request.frames == Frames::Load {
            return Err(HeatmapError::NotSinceLoad.into());
        }
        let zone = &self.site.site.time_zone;
        let frames = moves.then(|| moments::moments(self.request.frames, &self.scope.range, zone));
        let (moments, labels) = frames.unzip();
        let labels: Vec<String> = labels.unwrap_or_default();
        let wanted = Wanted { document: document == Document::Json, visitors: self.least_visitors.is_some(), moments };
        let store = &self.shared.store;
        let page = self.page().await?;
        let answers =
            load::load_answers(store, &self.request, &page, &self.scope, self.compared.as_ref(), &wanted).await?;
        let (request, least_visitors) = (self.request.clone(), self.least_visitors);
        let (screenshot, site) = (self.screenshot.clone(), self.site.site.name.clone());
        let draw = move || {
            let frames = (!labels.is_empty()).then_some(labels.len());
            let photo = photo_of(screenshot, request.width)?;
            let map = HeatMap::assemble(request, page, &answers, frames, least_visitors)?;
            Ok::<_, ApiError>(match document {
                Document::Png => map.png(photo)?,
                Document::Webp => map.webp(photo)?,
                Document::Svg => map.svg(photo)?,
                Document::Gif => map.gif(photo, &labels)?,
                Document::Json => map.json(site.as_str()).into_bytes(),
            })
        };
        self.shared.renders.draw(draw).await?
    }

    /// Reads how the page stands.
    pub async fn page(&self) -> Result<Page, ApiError> {
        Ok(load::load_page(&self.shared.store, &self.request, &self.scope).await?)
    }

    /// Makes the ledger of the page's elements.
    pub async fn ledger(&self) -> Result<(Page, Ledger), ApiError> {
        let (store, request) = (&self.shared.store, MapRequest { kind: Kind::Element, ..self.request.clone() });
        let page = load::load_page(store, &request, &self.scope).await?;
        let wanted = Wanted { visitors: self.least_visitors.is_some(), ..Wanted::default() };
        let answers = load::load_answers(store, &request, &page, &self.scope, None, &wanted).await?;
        let map = HeatMap::assemble(request, page.clone(), &answers, None, self.least_visitors)?;
        Ok((page, map.ledger.unwrap_or_default()))
    }
}

/// Returns the rows of a range of days, of all visits.
pub async fn scope(shared: &Shared, site: &SiteWithSalts, range: &str) -> Result<Scope, ApiError> {
    let range = reports::resolve_range(shared, &site.site, range).await?;
    scope_of(shared, site, range, &[]).await
}

/// Returns the rows of a range of days, of the visits that meet the filters.
async fn scope_of(shared: &Shared, site: &SiteWithSalts, range: Range, filters: &[Filter]) -> Result<Scope, ApiError> {
    let definitions = reports::definitions(shared, &site.site, filters).await?;
    Ok(Scope::of(&site.site, range, filters, &definitions, Timestamp::now())?)
}

/// Returns what the map is compared with.
async fn other_scope(
    shared: &Shared,
    site: &SiteWithSalts,
    request: &MapRequest,
    compare: &Compare,
    range: Range,
) -> Result<Scope, ApiError> {
    let other = match compare {
        Compare::Days(days) => reports::resolve(shared, &site.site, days).await?,
        Compare::PreviousPeriod | Compare::YearOverYear | Compare::Segment => compare
            .range(range, &site.site.time_zone, Timestamp::now(), None)
            .map_err(|error| ApiError::invalid("compare", error.detail))?,
    };
    scope_of(shared, site, other, request.other_filters()).await
}

async fn screenshot_of(
    shared: &Shared,
    site: &SiteWithSalts,
    request: &MapRequest,
) -> Result<Option<Arc<Found>>, ApiError> {
    match (request.underlay, &request.pages) {
        (Underlay::Layout | Underlay::None, _) => Ok(None),
        (Underlay::Screenshot, Pages::One(path)) => {
            let found = shared.screenshots.best_for(site.site.id, path, request.width).await?;
            found.map(|found| Some(Arc::new(found))).ok_or(ApiError::NoScreenshot)
        }
        (Underlay::Screenshot, Pages::Like(_)) => {
            Err(ApiError::invalid("underlay", "a pattern is of many pages: ask for layout or none"))
        }
    }
}

fn photo_of(found: Option<Arc<Found>>, width: u32) -> Result<Option<Photo>, ApiError> {
    let Some(found) = found else { return Ok(None) };
    let picture = found.open(width)?;
    let (width, height) = (picture.width(), picture.height());
    let photo = Photo::new(width, height, picture.into_rgb());
    photo.map(Some).ok_or_else(|| ApiError::Internal("a screenshot has another size than it says".to_owned()))
}
