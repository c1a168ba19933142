//! Owns where the bytes of a database are while it is used: on the heap, or in a copy of our own that the system maps
//! and may take out of memory. It does not know what they say.

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};

use memmap2::Mmap;
use rustix::fs::{Mode, OFlags};

pub enum Source {
    Heap(Vec<u8>),
    Mapped(Mmap),
}

impl AsRef<[u8]> for Source {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Heap(bytes) => bytes,
            Self::Mapped(bytes) => bytes,
        }
    }
}

impl Source {
    /// Puts bytes into a file without a name in `folder`, and maps it. Only what is looked at comes into memory.
    ///
    /// TRICKY: the file that the bytes came from is not mapped. If it were cut while it is mapped, as a download in place
    /// does, the process would be killed by SIGBUS. This one nobody else can open, and it is gone with the process.
    #[expect(unsafe_code, reason = "a mapping is as safe as its file, and nobody else has this one")]
    pub fn map_copy(bytes: &[u8], folder: &Path) -> io::Result<Self> {
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        let mut copy = File::from(rustix::fs::open(folder, flags, Mode::RUSR | Mode::WUSR)?);
        copy.write_all(bytes)?;
        // SAFETY: the file has no name, so that no other process opens it, and this one drops its only descriptor here
        // without writing again. Its content therefore stays as it is for as long as it is mapped.
        Ok(Self::Mapped(unsafe { Mmap::map(&copy)? }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_the_same_bytes_and_no_name() {
        let folder = tempfile::tempdir().unwrap();
        let bytes: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        let copy = Source::map_copy(&bytes, folder.path()).unwrap();
        assert!(copy.as_ref() == bytes);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        assert!(Source::map_copy(b"x", Path::new("/nowhere")).is_err());
    }
}
