//! Owns the demo site's entry among the sites. Its pages are files, served by `http::assets`.

use jiff::Timestamp;

use crate::{
    control::{Control, ControlError, time_zone},
    model::{SiteName, SiteSettings},
};

/// Name of the demo site.
pub const SITE: &str = "demo.example";

/// Adds the demo site where it is missing. It takes events from any host that serves it, and shows badges, maps and the live page.
pub async fn ensure_site(control: &Control) -> Result<(), ControlError> {
    let name = SiteName::parse(SITE).map_err(|_never| ControlError::SiteNotFound)?;
    match control.site(&name).await {
        Ok(_) => return Ok(()),
        Err(ControlError::SiteNotFound) => {}
        Err(error) => return Err(error),
    }
    let settings = SiteSettings {
        hostnames: vec!["*".to_owned()],
        public_badge: true,
        public_map: true,
        public_map_min_visitors: 1,
        public_live: true,
        ..SiteSettings::default()
    };
    match control.add_site(&name, &time_zone("Europe/Sofia")?, settings, Timestamp::now()).await {
        // Another node was faster.
        Ok(_) | Err(ControlError::SiteExists(_)) => Ok(()),
        Err(error) => Err(error),
    }
}
