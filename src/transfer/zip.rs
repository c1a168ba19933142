//! Owns the reading of zip files that strangers made: which files are in one, and each of them, within bounds. It does not know
//! what they are about.

use std::{fs::File, io::Read};

use flate2::read::DeflateDecoder;
use rawzip::{CompressionMethod, FileReader, RECOMMENDED_BUFFER_SIZE, ZipArchive, ZipArchiveEntryWayfinder};

use super::import::ImportError;

/// Most files in one. An export has ten.
const MOST_FILES: usize = 100;
/// Longest name of one.
const NAME_BYTES: usize = 255;
/// Most bytes that all of them may have together, decoded.
const MOST_BYTES: u64 = 4 << 30;

/// A zip file.
pub struct Zip {
    archive: ZipArchive<FileReader>,
    pub files: Vec<Packed>,
}

/// A file in it.
pub struct Packed {
    /// Without the folder.
    pub name: String,
    /// What the archive says of its content: what tells two files of a name apart.
    pub crc32: u32,
    pub bytes: u64,
    place: ZipArchiveEntryWayfinder,
    method: CompressionMethod,
}

impl Zip {
    /// Opens a zip file and lists what is in it.
    pub fn open(file: File) -> Result<Self, ImportError> {
        let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
        let archive = ZipArchive::from_file(file, &mut buffer).map_err(wrong)?;
        let mut files = Vec::new();
        let mut entries = archive.entries(&mut buffer);
        let mut bytes: u64 = 0;
        let mut seen = 0;
        while let Some(entry) = entries.next_entry().map_err(wrong)? {
            seen += 1;
            if seen > MOST_FILES {
                return Err(ImportError::Zip(format!("it has more than {MOST_FILES} files")));
            }
            let path = entry.file_path();
            if entry.is_dir() || path.as_ref().len() > NAME_BYTES {
                continue;
            }
            let path = String::from_utf8_lossy(path.as_ref()).into_owned();
            let name = path.rsplit('/').next().unwrap_or_default().to_owned();
            bytes = bytes.saturating_add(entry.uncompressed_size_hint());
            files.push(Packed {
                name,
                crc32: entry.crc32(),
                bytes: entry.uncompressed_size_hint(),
                place: entry.wayfinder(),
                method: entry.compression_method(),
            });
        }
        if bytes > MOST_BYTES {
            return Err(ImportError::Zip(format!("it holds more than {MOST_BYTES} bytes")));
        }
        Ok(Self { archive, files })
    }

    /// Starts reading a file. It ends with an error where its checksum is not what the archive says, and as soon as it is longer
    /// than that: what was promised bounds what comes.
    pub fn read(&self, packed: &Packed) -> Result<Box<dyn Read + '_>, ImportError> {
        let entry = self.archive.get_entry(packed.place).map_err(wrong)?;
        match packed.method {
            CompressionMethod::STORE => Ok(Box::new(entry.verifying_reader(entry.reader()))),
            CompressionMethod::DEFLATE => Ok(Box::new(entry.verifying_reader(DeflateDecoder::new(entry.reader())))),
            other => Err(ImportError::Zip(format!(
                "{} is compressed in a way that is not known ({}); expected deflate or none",
                packed.name,
                other.as_u16()
            ))),
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands the error over")]
fn wrong(error: rawzip::Error) -> ImportError {
    ImportError::Zip(error.to_string())
}
