//! Owns the door for files of rows: exports of other installations and of other programs. What is in them, `transfer` reads.

use std::{
    fs::File,
    io::{self, Seek, Write},
    time::Duration,
};

use actix_web::{
    HttpResponse, Responder,
    http::header,
    web::{self, Path, Payload},
};
use futures_util::StreamExt;
use serde_json::{Value, json};

use super::{
    State,
    auth::Caller,
    error::ApiError,
    openapi::{Description, Operation, schema},
};
use crate::{
    enrich::SiteRules,
    transfer::{self, ImportError, ImportReport, Target},
};

/// Largest file. Larger ones are for `heatline import`.
const FILE_BYTES: u64 = 256 * 1024 * 1024;
/// How long a file may take to arrive: 256 MiB at 4 Mbit/s.
const UPLOAD_TIMEOUT: Duration = Duration::from_mins(10);

/// `POST /api/v1/sites/{site}/import`: the file as it is. Goes on to its end also where nobody waits for the answer.
pub async fn import(
    site: Path<String>,
    payload: Payload,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let busy = |_| ApiError::Unavailable { retry_after_seconds: 30 };
    let permit = state.imports.clone().try_acquire_owned().map_err(busy)?;
    let file = tokio::time::timeout(UPLOAD_TIMEOUT, receive(payload, &state.data_dir)).await;
    let file = file.map_err(|_elapsed| ApiError::RequestTimeout)??;
    let site = caller.site_to_feed(&state, &site).await?;
    let import_key = state.control.import_key(site.site.id).await?;
    let runtime = tokio::runtime::Handle::current();
    // Lines are read and checked beside the async threads.
    let work = web::block(move || {
        let agents = &state.ingest.enrichers.agents;
        let target = Target { site: &site.site, import_key, agents, rules: SiteRules::new(&site.site) };
        let report = runtime.block_on(transfer::import_file(&state.store, &target, file, |_| {}));
        state.arrivals.note(site.site.id.get());
        drop(permit);
        report
    });
    let report = work.await.map_err(|error| ApiError::Internal(error.to_string()))??;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(shown(&report)))
}

/// Writes a body into a file without a name, which is gone when it is closed.
async fn receive(mut payload: Payload, folder: &std::path::Path) -> Result<File, ApiError> {
    let internal = |error: io::Error| ApiError::Internal(format!("an upload cannot be kept: {error}"));
    let mut file = tempfile::tempfile_in(folder).map_err(internal)?;
    let mut bytes = 0;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| ApiError::Malformed(format!("the body cannot be read: {error}")))?;
        bytes += chunk.len() as u64;
        if bytes > FILE_BYTES {
            return Err(ApiError::TooLarge { limit_bytes: usize::try_from(FILE_BYTES).unwrap_or(usize::MAX) });
        }
        // Into the memory of the system, which writes it when it likes.
        file.write_all(&chunk).map_err(internal)?;
    }
    file.rewind().map_err(internal)?;
    Ok(file)
}

fn shown(report: &ImportReport) -> Value {
    json!({
        "stored": report.stored, "known": report.known, "robots": report.robots, "rejected": report.rejected,
        "errors": report.complaints, "promised": report.promised,
    })
}

impl From<ImportError> for ApiError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Store(error) => error.into(),
            ImportError::File(_) | ImportError::Format | ImportError::Zip(_) | ImportError::Head(_) => {
                Self::Malformed(error.to_string())
            }
        }
    }
}

pub fn describe(api: &mut Description) {
    let report = schema::object(&[
        ("stored", schema::count()),
        ("known", schema::count()),
        ("robots", schema::count()),
        ("rejected", schema::count()),
        ("errors", schema::list(schema::text())),
        ("promised", schema::or_null(schema::count())),
    ]);
    let example = json!({ "stored": 4990, "known": 0, "robots": 10, "rejected": 0, "errors": [], "promised": 5000 });
    let import = Operation::post("/api/v1/sites/{site}/import", "Bring rows in").scope(&["events"]).about(
        "An export of ours or GoatCounter's CSV, plain or gzip, or Plausible's zip, up to 256 MiB. Each row counts once, however \
         often its file comes.",
    );
    let line = json!({ "table": "end", "rows": 0, "cursor": "" });
    let import = import.body_of(&["application/octet-stream"], json!({}), Some(&line));
    api.add(import.answer(200, "What became of the rows.", report, &example).fails(&[408, 413, 503]));
}
