//! Owns where visitors came from, for maps, and the minutes of the last hour. It does not decide what may be shown.

use std::collections::HashSet;

use jiff::Timestamp;
use serde_json::Value;

use super::{date_range::day_of_date, sql};
use crate::{
    model::{CountedPlace, Site},
    store::{Client, StoreError, statement::Statement},
};

/// Minutes of an hour.
pub const MINUTES: usize = 60;

/// Returns the visitors by city from a moment to now, most first; without a moment, of all time.
pub async fn places(
    client: &Client,
    site: &Site,
    from_ms: Option<i64>,
    now: Timestamp,
) -> Result<Vec<CountedPlace>, StoreError> {
    let rows = client.select_json(&sql::places(site.id, from_ms, now.as_millisecond())).await?;
    rows.iter().map(|row| counted(row)).collect()
}

/// From where enough visitors came.
#[derive(Debug, Default)]
pub struct Crowds {
    pub countries: HashSet<String>,
    /// Country, region and city.
    pub cities: HashSet<(String, String, String)>,
}

/// Returns the cities from which on one of the last `days` days at least `least` visitors came, and the countries from which so
/// many came on all of these days.
pub async fn crowds(client: &Client, site: &Site, days: u16, least: u16, now: Timestamp) -> Result<Crowds, StoreError> {
    let from_day = from_day(site, days, now);
    let mut crowds = Crowds::default();
    for row in texts(client, &sql::city_crowds(site.id, from_day, least)).await? {
        let [country, region, city] = <[String; 3]>::try_from(row).map_err(|row| wrong(&row))?;
        crowds.cities.insert((country, region, city));
    }
    let countries = texts(client, &sql::country_crowds(site.id, from_day, least)).await?;
    crowds.countries = countries.into_iter().flatten().collect();
    Ok(crowds)
}

/// Returns the pageviews of each minute of the last hour, the oldest first.
pub async fn views_by_minute(client: &Client, site: &Site, now: Timestamp) -> Result<[u64; MINUTES], StoreError> {
    let rows = client.select_json(&sql::views_by_minute(site.id, now.as_millisecond())).await?;
    let mut minutes = [0; MINUTES];
    for row in &rows {
        let [ago, views] = row.as_slice() else { return Err(wrong(row)) };
        let (Some(ago), Some(views)) = (ago.as_u64(), views.as_u64()) else { return Err(wrong(row)) };
        let place = usize::try_from(ago).ok().and_then(|ago| (MINUTES - 1).checked_sub(ago));
        if let Some(minute) = place.and_then(|place| minutes.get_mut(place)) {
            *minute += views;
        }
    }
    Ok(minutes)
}

/// The first of the last so many local days, today among them, in days since the Unix epoch.
fn from_day(site: &Site, days: u16, now: Timestamp) -> u16 {
    let today = day_of_date(now.to_zoned(site.time_zone.clone()).date()).unwrap_or_default();
    today.saturating_sub(days.saturating_sub(1))
}

#[expect(clippy::cast_possible_truncation, reason = "an f32 of degrees is exact to a metre")]
fn counted(row: &[Value]) -> Result<CountedPlace, StoreError> {
    let [country, region, city, latitude, longitude, visitors] = row else { return Err(wrong(row)) };
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(|| wrong(row));
    // A mean of what is no number is null.
    let degrees = |value: &Value| value.as_f64().unwrap_or(f64::NAN) as f32;
    Ok(CountedPlace {
        country: text(country)?,
        region: text(region)?,
        city: text(city)?,
        latitude: degrees(latitude),
        longitude: degrees(longitude),
        visitors: visitors.as_u64().ok_or_else(|| wrong(row))?,
    })
}

async fn texts(client: &Client, statement: &Statement) -> Result<Vec<Vec<String>>, StoreError> {
    let rows = client.select_json(statement).await?;
    let text = |row: &[Value]| row.iter().map(|value| value.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
    rows.iter().map(|row| text(row).ok_or_else(|| wrong(row))).collect()
}

fn wrong(row: &(impl std::fmt::Debug + ?Sized)) -> StoreError {
    StoreError::Answer(format!("a row of places is {row:?}"))
}
