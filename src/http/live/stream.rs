//! Owns the stream of the live view: a snapshot, then updates, at most four a second. What they say is made in
//! [`super::told`], once for all readers.

use actix_web::{HttpRequest, Responder, web};
use tokio::time::{Instant, timeout_at};

use super::told::{Question, Told};
use crate::{
    http::{
        State,
        error::ApiError,
        links,
        push::{self, HEARTBEAT, HERE},
        reader::{Part, Reader},
    },
    model::Pathname,
};

/// Most pages that one stream tells of.
const MOST_PAGES: usize = 20;

/// `GET /api/v1/sites/{site}/live/stream`: a snapshot, then an update whenever something changed.
///
/// A slow reader gets the latest state only: nothing is queued for it. `Last-Event-ID` needs no memory, for every message is
/// the whole state: who has the latest is told nothing again.
pub async fn stream(
    request: HttpRequest,
    site: web::Path<String>,
    reader: Reader,
    state: State,
) -> Result<impl Responder, ApiError> {
    let question = match question(request.query_string())? {
        Question::All if !reader.sees(Part::Visitors) => Question::Counts,
        asked => asked,
    };
    let part = if question.is_of_visitors() { Part::Visitors } else { Part::Reports };
    let site = reader.site(&state, &site, part).await?;
    let place = reader.stream_place(&request, &state)?;
    let mut ended = state.watched.watch(&request, &site, part)?;
    let known = push::last_event_id(&request);
    let mut told = Told::subscribe(&state, site.site.id, question);
    let messages = async_stream::stream! {
        let _place = place;
        let first = told.borrow_and_update().clone();
        yield Ok::<_, ApiError>(if known == Some(first.id) { HERE } else { first.snapshot });
        let mut heartbeat_at = Instant::now() + HEARTBEAT;
        loop {
            let changed = tokio::select! {
                changed = timeout_at(heartbeat_at, told.changed()) => changed,
                () = ended.wait() => break,
            };
            heartbeat_at = Instant::now() + HEARTBEAT;
            match changed {
                Err(_elapsed) => yield Ok(HERE),
                Ok(Err(_closed)) => break,
                Ok(Ok(())) => {
                    let latest = told.borrow_and_update().update.clone();
                    yield Ok(latest);
                }
            }
        }
    };
    Ok(push::answer(messages))
}

fn question(query: &str) -> Result<Question, ApiError> {
    let mut pages = Vec::new();
    let mut only = None;
    for (name, value) in links::Query::read(query)?.pairs {
        match name.as_str() {
            "path" => {
                pages.push(Pathname::parse(&value).map_err(|error| ApiError::invalid("path", error.to_string()))?);
            }
            "only" => {
                only = Some(match value.as_str() {
                    "totals" => Question::Totals,
                    "sessions" => Question::Sessions,
                    _ => return Err(ApiError::invalid("only", "it is neither totals nor sessions")),
                });
            }
            _ => return Err(ApiError::invalid(name, "there is no such parameter; there are path and only")),
        }
    }
    // Those who ask for the same in another order read the same messages.
    pages.sort_unstable();
    pages.dedup();
    match (only, pages.len()) {
        (only, 0) => Ok(only.unwrap_or(Question::All)),
        (Some(_), _) => Err(ApiError::invalid("only", "it does not go with path")),
        (None, ..=MOST_PAGES) => Ok(Question::Pages(pages)),
        (None, _) => Err(ApiError::invalid("path", format!("there are more than {MOST_PAGES} of them"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_the_same_in_any_order() {
        assert_eq!(question("").unwrap(), Question::All);
        assert_eq!(question("only=totals").unwrap(), Question::Totals);
        assert_eq!(question("path=/b&path=/a&path=/b").unwrap(), question("path=/a&path=/b").unwrap());
    }

    #[test]
    fn what_it_cannot_tell_is_refused() {
        let many = (0..21).map(|n| format!("path=/{n}")).collect::<Vec<_>>().join("&");
        for (query, name) in [
            ("path=a", "path"),
            ("only=all", "only"),
            ("only=totals&path=/", "only"),
            (&many, "path"),
            ("colour=red", "colour"),
        ] {
            match question(query) {
                Err(ApiError::Invalid(errors)) => assert_eq!(errors[0].pointer, name, "{query}"),
                other => panic!("{query}: {other:?}"),
            }
        }
    }
}
