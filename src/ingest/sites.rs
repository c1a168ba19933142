//! Owns the sites as the hot path sees them: the control database's picture with the owners' rules compiled.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use crate::{
    control::snapshot::{SiteWithSalts, Sites},
    enrich::SiteRules,
    model::SiteName,
};

/// A site with its salts and compiled rules.
pub struct KnownSite {
    pub entry: Arc<SiteWithSalts>,
    pub rules: SiteRules,
}

/// All sites at one moment.
#[derive(Default)]
pub struct KnownSites {
    pub snapshot: Sites,
    by_name: HashMap<SiteName, Arc<KnownSite>>,
}

impl KnownSites {
    /// Compiles the rules of all sites.
    #[must_use]
    pub fn new(snapshot: Sites) -> Self {
        let by_name = snapshot
            .iter()
            .map(|entry| {
                let known = KnownSite { entry: Arc::clone(entry), rules: SiteRules::new(&entry.site) };
                (entry.site.name.clone(), Arc::new(known))
            })
            .collect();
        Self { snapshot, by_name }
    }

    /// Returns the site of a name.
    #[must_use]
    pub fn get(&self, name: &SiteName) -> Option<&Arc<KnownSite>> {
        self.by_name.get(name)
    }
}

/// The sites of now, replaced whole when the control database changes. Cheap to clone and to read.
#[derive(Clone, Default)]
pub struct SitesWatch {
    current: Arc<RwLock<Arc<KnownSites>>>,
}

impl SitesWatch {
    /// Returns the sites of now.
    #[must_use]
    pub fn current(&self) -> Arc<KnownSites> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts other sites in place.
    pub fn replace(&self, sites: KnownSites) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(sites);
    }
}
