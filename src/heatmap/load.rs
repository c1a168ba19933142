//! Owns the way from the store to a map's rows. Everything else in this module is free of I/O.

use futures_util::future::try_join3;

use super::{
    error::HeatmapError,
    map::{FirstAnswers, Page},
    pages,
    params::MapRequest,
    query::{self, Scope},
    rows::Row,
};
use crate::store::{Client, StoreError};

/// Why the rows of a map could not be had.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Map(#[from] HeatmapError),
}

/// Asks for everything that `HeatMap::assemble` needs, in two rounds: the layout says how finely to ask for clicks.
pub async fn load(client: &Client, request: &MapRequest, scope: &Scope) -> Result<(Page, Vec<Row>), LoadError> {
    let first = query::statements(request, scope);
    let (layouts, views, sizes) = try_join3(
        client.select_json(&first.layouts),
        client.select_json(&first.views),
        client.select_json(&first.sizes),
    )
    .await?;
    let answers = FirstAnswers { layouts, views, sizes };
    let asked = request.clone();
    // Merging dozens of samples takes milliseconds, in which an async thread would serve nobody.
    let page = match tokio::task::spawn_blocking(move || Page::read(&asked, &answers)).await {
        Ok(page) => page?,
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    };
    let rows = client.select_json(&query::content(request, scope, &page.layout)).await?;
    Ok((page, rows))
}

/// Asks for the pages that have heat maps.
pub async fn load_pages(client: &Client, scope: &Scope) -> Result<Vec<pages::Page>, LoadError> {
    Ok(pages::read(&client.select_json(&query::pages(scope)).await?)?)
}
