//! Owns the door through which all rows of a site leave: a stream of any length.

use std::time::Duration;

use actix_web::{
    HttpResponse, Responder,
    http::header,
    web::{self, Bytes},
};
use futures_util::{Stream, StreamExt, stream};
use jiff::{Timestamp, civil::Date};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::{
    State,
    auth::Caller,
    error::ApiError,
    openapi::{Description, Operation, schema},
};
use crate::{
    control::Scope,
    store::{
        block::Table,
        export::{Form, TABLES},
    },
    transfer::{self, EVERYTHING, Export, cursor::Extent},
};

/// Carries the cursor of the next run, also where the format has no place for it. It counts once the answer was read to
/// its end.
const CURSOR_HEADER: &str = "X-Heatline-Cursor";
/// Pieces that are read ahead.
const PIECES: usize = 2;
/// How long a reader may take no piece: then the answer is cut off, and its place is another's.
const PIECE_TIMEOUT: Duration = Duration::from_mins(5);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportQuery {
    /// A table, or `all`.
    table: Option<String>,
    from: Option<Date>,
    to: Option<Date>,
    format: Option<String>,
    cursor: Option<String>,
}

/// `GET /api/v1/sites/{site}/export`
pub async fn export(
    site: web::Path<String>,
    query: web::Query<ExportQuery>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site(&state, &site, Scope::Stats).await?;
    let query = query.into_inner();
    let form = form(query.format.as_deref())?;
    let extent = Extent {
        site: site.site.id,
        tables: tables(query.table.as_deref(), form)?,
        days: transfer::days(query.from, query.to).map_err(|detail| ApiError::invalid("from", detail))?,
    };
    let after_ms = match &query.cursor {
        Some(cursor) => extent.read_cursor(cursor).map_err(|error| ApiError::invalid("cursor", error.to_string()))?,
        None => EVERYTHING,
    };
    let busy = |_| ApiError::Unavailable { retry_after_seconds: 10 };
    let permit = state.exports.clone().try_acquire_owned().map_err(busy)?;
    let settled = state.settled.clone();
    let until_ms = web::block(move || settled.until_ms(Timestamp::now().as_millisecond())).await;
    let until_ms =
        until_ms.map_err(std::io::Error::other).flatten().map_err(|error| ApiError::Internal(error.to_string()))?;
    let mut export = Export::new(state.store.clone(), &extent, form, after_ms, until_ms);
    let cursor = export.cursor().to_owned();
    // What goes wrong at once is said as a problem; later it cuts the answer off.
    let first = export.next().await?.unwrap_or_default();
    let rest = pieces(export, permit);
    let (content_type, ending) = match form {
        Form::Ndjson => ("application/x-ndjson", "ndjson"),
        Form::Csv => ("text/csv; charset=utf-8", "csv"),
    };
    Ok(HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"heatline-export.{ending}\"")))
        .insert_header((CURSOR_HEADER, cursor))
        .streaming(Box::pin(stream::iter([Ok::<Bytes, ApiError>(first)]).chain(rest))))
}

/// Reads an export in a task of its own, at most a few pieces ahead of its reader.
fn pieces(export: Export, permit: OwnedSemaphorePermit) -> impl Stream<Item = Result<Bytes, ApiError>> {
    let (sender, receiver) = mpsc::channel(PIECES);
    tokio::spawn(async move {
        read(export, sender).await;
        drop(permit);
    });
    stream::try_unfold(receiver, |mut receiver| async move {
        match receiver.recv().await {
            Some(Piece::Bytes(bytes)) => Ok(Some((bytes, receiver))),
            Some(Piece::End) => Ok(None),
            Some(Piece::Failed(error)) => Err(error),
            None => Err(ApiError::Internal("an export was cut off, for nobody read it".to_owned())),
        }
    })
}

/// What comes out of an export.
enum Piece {
    Bytes(Bytes),
    End,
    Failed(ApiError),
}

/// Hands out an export until its end, or until nobody takes it.
async fn read(mut export: Export, sender: mpsc::Sender<Piece>) {
    loop {
        let piece = match export.next().await {
            Ok(Some(bytes)) => Piece::Bytes(bytes),
            Ok(None) => Piece::End,
            Err(error) => Piece::Failed(error.into()),
        };
        let is_last = !matches!(piece, Piece::Bytes(_));
        let taken = tokio::time::timeout(PIECE_TIMEOUT, sender.send(piece)).await;
        if is_last || !matches!(taken, Ok(Ok(()))) {
            return;
        }
    }
}

fn form(text: Option<&str>) -> Result<Form, ApiError> {
    match text {
        None | Some("ndjson") => Ok(Form::Ndjson),
        Some("csv") => Ok(Form::Csv),
        Some(other) => Err(ApiError::invalid("format", format!("it is {other:?}, expected ndjson or csv"))),
    }
}

fn tables(text: Option<&str>, form: Form) -> Result<Vec<Table>, ApiError> {
    let wrong = |detail: String| Err(ApiError::invalid("table", detail));
    match text {
        None => Ok(vec![Table::Events]),
        Some("all") if form == Form::Csv => wrong("a CSV file has one table".to_owned()),
        Some("all") => Ok(TABLES.to_vec()),
        Some(name) => match TABLES.into_iter().find(|table| table.name() == name) {
            Some(table) => Ok(vec![table]),
            None => wrong(format!("it is {name:?}, expected all, events, clicks, moves, scrolls or layouts")),
        },
    }
}

pub fn describe(api: &mut Description) {
    let export = Operation::get("/api/v1/sites/{site}/export", "Take all rows of a site").scope(&["stats"]).about(
        "A stream of any length. Its last line, and the header `X-Heatline-Cursor`, have the cursor from which the next export \
         goes on with what has come since.",
    );
    let names: Vec<&str> = TABLES.iter().map(|table| table.name()).chain(["all"]).collect();
    let export = export.query("table", "Which rows; `events` where nothing is said.", schema::words(&names));
    let day = || json!({ "type": "string", "format": "date" });
    let export = export.query("from", "The first local day.", day()).query("to", "The last local day.", day());
    let export = export.query("format", "`ndjson` where nothing is said.", schema::words(&["ndjson", "csv"]));
    let export = export.query("cursor", "Where the last export ended.", schema::text());
    let kinds = ["application/x-ndjson", "text/csv"];
    api.add(export.file(200, "The rows.", &kinds).fails(&[422, 503]));
}
