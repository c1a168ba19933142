//! Owns the inserting of rows that must be there once, whatever happens on the way. It does not know what they are.

use std::time::Duration;

use jiff::Timestamp;

use crate::store::{InsertFault, StoreError};

/// How often it is tried while ClickHouse is busy or away, and the first pause between two tries.
const TRIES: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// Inserts rows by `insert`, which gets the token that names them and the id of the query, and looks after each failure by
/// `is_there` whether they are there all the same.
pub async fn insert(
    token: &str,
    is_there: impl AsyncFn() -> Result<bool, StoreError>,
    insert: impl AsyncFn(&str, &str) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut pause = FIRST_PAUSE;
    for attempt in 1.. {
        // The clock tells the tries of two runs apart.
        let query_id = format!("heatline-{token}-{}", Timestamp::now().as_nanosecond());
        let Err(error) = insert(token, &query_id).await else { break };
        let may_pass = matches!(error.insert_fault(), InsertFault::Busy | InsertFault::Unknown);
        if !may_pass || attempt == TRIES {
            return Err(error);
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
        if is_there().await.unwrap_or(false) {
            return Ok(());
        }
    }
    // The server may know a token from before its rows were erased, and confirm what it drops.
    if is_there().await? {
        return Ok(());
    }
    let token = format!("{token}-{}", Timestamp::now().as_nanosecond());
    insert(&token, &format!("heatline-{token}")).await
}
