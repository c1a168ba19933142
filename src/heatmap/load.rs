//! Owns the way from the store to the answers that a map is made of. Everything else in this module is free of I/O.

use bytes::Bytes;

use super::{
    error::HeatmapError,
    map::{Answers, ContentAnswers, FirstAnswers, LedgerAnswers, Page},
    pages,
    params::{Kind, MapRequest},
    query::{self, Moments, PageSearch, Scope},
    rows::Row,
};
use crate::store::{Client, StoreError, statement::Statement};

/// Why the rows of a map could not be had.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Map(#[from] HeatmapError),
}

/// What has to be asked for a map besides what its kind needs.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The document lists elements, versions of the layout and states of the page.
    pub document: bool,
    /// The visitors of each element, for a map that is shared.
    pub visitors: bool,
    /// The frames of a moving map.
    pub moments: Option<Moments>,
}

/// Asks for the page, as the first of two rounds: the layout says how finely to ask for clicks.
pub async fn load_page(client: &Client, request: &MapRequest, scope: &Scope) -> Result<Page, LoadError> {
    let (layouts, views, sizes) =
        (query::layouts(request, scope), query::views(request, scope), query::sizes(request, scope));
    let (layouts, views, sizes) =
        tokio::try_join!(client.select_json(&layouts), client.select_json(&views), client.select_json(&sizes))?;
    let answers = FirstAnswers { layouts, views, sizes };
    let asked = request.clone();
    // Merging dozens of samples takes milliseconds, in which an async thread would serve nobody.
    match tokio::task::spawn_blocking(move || Page::read(&asked, &answers)).await {
        Ok(page) => Ok(page?),
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}

/// Asks for everything else. `compared` is the scope that the map is compared with.
pub async fn load_answers(
    client: &Client,
    request: &MapRequest,
    page: &Page,
    scope: &Scope,
    compared: Option<&Scope>,
    wanted: &Wanted,
) -> Result<Answers, LoadError> {
    let ledger = async {
        if wanted.document || request.kind == Kind::Element {
            load_ledger(client, request, scope).await.map(Some)
        } else {
            Ok(None)
        }
    };
    let (content, ledger, versions, states, visitors) = tokio::try_join!(
        load_content(client, request, page, scope, compared, wanted),
        ledger,
        select_if(client, wanted.document, || query::versions(request, scope)),
        select_if(client, wanted.document, || query::states(request, scope)),
        load_visitors(client, request, scope, compared, wanted),
    )?;
    Ok(Answers { content, ledger, versions, states, visitors })
}

/// Asks for what the ledger of elements is made of.
pub async fn load_ledger(client: &Client, request: &MapRequest, scope: &Scope) -> Result<LedgerAnswers, LoadError> {
    let questions =
        (query::elements(request, scope), query::seen(request, scope), query::class_layouts(request, scope));
    let (elements, seen, class_layouts) = tokio::try_join!(
        client.select_json(&questions.0),
        client.select_json(&questions.1),
        client.select_json(&questions.2),
    )?;
    Ok(LedgerAnswers { elements, seen, class_layouts })
}

/// Asks for the pages that have heat maps.
pub async fn load_pages(client: &Client, search: &PageSearch, scope: &Scope) -> Result<Vec<pages::Page>, LoadError> {
    Ok(pages::read(&client.select_json(&query::pages(search, scope)).await?)?)
}

async fn load_content(
    client: &Client,
    request: &MapRequest,
    page: &Page,
    scope: &Scope,
    compared: Option<&Scope>,
    wanted: &Wanted,
) -> Result<ContentAnswers, LoadError> {
    let spots = async |scope: &Scope| {
        let statement = query::spots(request, scope, &page.layout, wanted.moments.as_ref());
        select_binary(client, &statement).await
    };
    Ok(match (request.kind, compared) {
        (Kind::Click | Kind::Rage | Kind::Dead | Kind::Error | Kind::Move, None) => {
            ContentAnswers::Spots(spots(scope).await?)
        }
        (Kind::Click | Kind::Rage | Kind::Dead | Kind::Error | Kind::Move, Some(other)) => {
            let views = query::views(request, other);
            let views = async { Ok(client.select_json(&views).await?) };
            let (a, b, views) = tokio::try_join!(spots(scope), spots(other), views)?;
            ContentAnswers::Compared([a, b], views)
        }
        (Kind::Scroll, _) => ContentAnswers::Reach(client.select_json(&query::reach(request, scope)).await?),
        (Kind::Attention, _) => {
            let questions = (query::stretches(request, scope), query::landmarks(request, scope));
            let (stretches, landmarks) =
                tokio::try_join!(client.select_json(&questions.0), client.select_json(&questions.1))?;
            ContentAnswers::Attention { stretches, landmarks }
        }
        (Kind::Element, _) => ContentAnswers::Elements,
    })
}

async fn load_visitors(
    client: &Client,
    request: &MapRequest,
    scope: &Scope,
    compared: Option<&Scope>,
    wanted: &Wanted,
) -> Result<Vec<Vec<Row>>, LoadError> {
    let mut visitors = Vec::new();
    for scope in std::iter::once(scope).chain(compared).filter(|_| wanted.visitors) {
        visitors.push(client.select_json(&query::visitors(request, scope)).await?);
    }
    Ok(visitors)
}

async fn select_if(
    client: &Client,
    wanted: bool,
    statement: impl FnOnce() -> Statement,
) -> Result<Vec<Row>, LoadError> {
    if wanted { Ok(client.select_json(&statement()).await?) } else { Ok(Vec::new()) }
}

async fn select_binary(client: &Client, statement: &Statement) -> Result<Bytes, LoadError> {
    Ok(client.select_bytes(statement, "RowBinary").await?)
}
