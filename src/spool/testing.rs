//! Owns a disk for tests: it knows what is durable and what only looks so, fails where it is told to, and loses power.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, PoisonError},
};

use rand::{RngCore, rngs::StdRng};

use super::files::{AppendFile, Files};

/// Unsynced data reaches the disk or not in pieces of this size.
const SECTOR_BYTES: usize = 512;

/// What an operation of the disk does instead of its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The input/output fails; what was unsynced may be gone.
    Io,
    /// The disk is full; half of a write is there.
    Full,
}

/// An operation, to tell a test what is about to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Create,
    Append,
    Sync,
    SyncFolder,
    Remove,
}

type Script = Box<dyn FnMut(usize, Operation) -> Option<Fault> + Send>;

#[derive(Default)]
struct Disk {
    files: BTreeMap<String, Content>,
    /// Names that outlive a loss of power.
    durable_names: BTreeMap<String, u64>,
    next_id: u64,
    /// Content by identity: a removed name's file may still be durable.
    durable: BTreeMap<u64, Vec<u8>>,
    operations: Vec<Operation>,
    script: Option<Script>,
    /// From here on nothing changes any more: the machine is off.
    is_off: bool,
}

#[derive(Clone)]
struct Content {
    id: u64,
    live: Vec<u8>,
    /// A sync of it has failed: a later one must not be trusted.
    is_poisoned: bool,
    reserved: bool,
}

/// A folder on a disk that a test controls. Clones are the same disk.
#[derive(Clone, Default)]
pub(super) struct ModelFiles {
    disk: Arc<Mutex<Disk>>,
}

impl ModelFiles {
    /// Asks `script` before every operation, by its number, whether it fails.
    pub(super) fn script(&self, script: impl FnMut(usize, Operation) -> Option<Fault> + Send + 'static) {
        self.lock().script = Some(Box::new(script));
    }

    /// Returns the operations so far.
    pub(super) fn operations(&self) -> Vec<Operation> {
        self.lock().operations.clone()
    }

    /// Cuts the power: from now on every operation fails and changes nothing.
    pub(super) fn power_off(&self) {
        self.lock().is_off = true;
    }

    /// Returns the disk as the next start finds it. Of what was not synced each sector is there or not, as `random` has it;
    /// with none, nothing of it is.
    pub(super) fn after_power_loss(&self, random: Option<&mut StdRng>) -> Self {
        let disk = self.lock();
        let mut random = random;
        let mut files = BTreeMap::new();
        let mut names: BTreeMap<String, u64> = disk.durable_names.clone();
        if let Some(random) = random.as_deref_mut() {
            // A name that was not synced may have reached the disk, and a removal too.
            for (name, content) in &disk.files {
                if random.next_u32() & 1 == 0 {
                    names.insert(name.clone(), content.id);
                }
            }
            names.retain(|name, _| disk.files.contains_key(name) || random.next_u32() & 1 == 0);
        }
        for (name, id) in names {
            let durable = disk.durable.get(&id).cloned().unwrap_or_default();
            let live = disk.files.values().find(|content| content.id == id).map(|content| content.live.clone());
            let kept = match (live, random.as_deref_mut()) {
                (Some(live), Some(random)) => partly(&durable, &live, random),
                _ => durable,
            };
            files.insert(name, Content { id, live: kept, is_poisoned: false, reserved: false });
        }
        let durable = files.values().map(|content| (content.id, content.live.clone())).collect();
        let durable_names = files.iter().map(|(name, content)| (name.clone(), content.id)).collect();
        let next_id = disk.next_id;
        let after = Disk { files, durable_names, next_id, durable, ..Disk::default() };
        Self { disk: Arc::new(Mutex::new(after)) }
    }

    /// Returns the disk as the next start finds it after the process alone has ended.
    pub(super) fn after_kill(&self) -> Self {
        let disk = self.lock();
        let files = disk.files.clone();
        let after = Disk {
            files,
            durable_names: disk.durable_names.clone(),
            durable: disk.durable.clone(),
            next_id: disk.next_id,
            ..Disk::default()
        };
        Self { disk: Arc::new(Mutex::new(after)) }
    }

    /// Changes a file behind everybody's back.
    pub(super) fn change(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut disk = self.lock();
        let content = disk.files.get_mut(name).expect("the file exists");
        change(&mut content.live);
        let (id, live) = (content.id, content.live.clone());
        disk.durable.insert(id, live);
    }

    fn begin(&self, operation: Operation) -> io::Result<(std::sync::MutexGuard<'_, Disk>, Option<Fault>)> {
        let mut disk = self.lock();
        if disk.is_off {
            return Err(io::Error::other("the power is off"));
        }
        let number = disk.operations.len();
        disk.operations.push(operation);
        let fault = disk.script.as_mut().and_then(|script| script(number, operation));
        // The script itself may have cut the power.
        if disk.is_off {
            return Err(io::Error::other("the power is off"));
        }
        Ok((disk, fault))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Disk> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns durable content with some sectors of what was written since.
fn partly(durable: &[u8], live: &[u8], random: &mut StdRng) -> Vec<u8> {
    let mut kept = durable.to_vec();
    let sectors = live.len().div_ceil(SECTOR_BYTES);
    for sector in durable.len() / SECTOR_BYTES..sectors {
        if random.next_u32() & 1 == 0 {
            let end = live.len().min((sector + 1) * SECTOR_BYTES);
            let start = (sector * SECTOR_BYTES).max(durable.len().min(end));
            if kept.len() < end {
                kept.resize(end, 0);
            }
            kept[start..end].copy_from_slice(&live[start..end]);
        }
    }
    kept
}

fn failure(fault: Fault) -> io::Error {
    match fault {
        Fault::Io => io::Error::other("input/output error"),
        Fault::Full => io::ErrorKind::StorageFull.into(),
    }
}

impl Files for ModelFiles {
    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.lock().files.keys().cloned().collect())
    }

    fn create(&self, name: &str, _reserved_bytes: u64) -> io::Result<Box<dyn AppendFile>> {
        let (mut disk, fault) = self.begin(Operation::Create)?;
        if let Some(fault) = fault {
            return Err(failure(fault));
        }
        if disk.files.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let id = disk.next_id;
        disk.next_id += 1;
        disk.files.insert(name.to_owned(), Content { id, live: Vec::new(), is_poisoned: false, reserved: true });
        Ok(Box::new(ModelFile { files: self.clone(), name: name.to_owned() }))
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        self.lock().files.get(name).map(|content| content.live.clone()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn read_start(&self, name: &str, length: usize) -> io::Result<Vec<u8>> {
        let mut content = self.read(name)?;
        content.truncate(length);
        Ok(content)
    }

    fn length(&self, name: &str) -> io::Result<u64> {
        self.read(name).map(|content| content.len() as u64)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let (mut disk, fault) = self.begin(Operation::Remove)?;
        if let Some(fault) = fault {
            return Err(failure(fault));
        }
        disk.files.remove(name).map(drop).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut disk = self.lock();
        let content = disk.files.remove(from).ok_or(io::ErrorKind::NotFound)?;
        disk.files.insert(to.to_owned(), content);
        Ok(())
    }

    fn sync_folder(&self) -> io::Result<()> {
        let (mut disk, fault) = self.begin(Operation::SyncFolder)?;
        if let Some(fault) = fault {
            return Err(failure(fault));
        }
        disk.durable_names = disk.files.iter().map(|(name, content)| (name.clone(), content.id)).collect();
        Ok(())
    }
}

struct ModelFile {
    files: ModelFiles,
    name: String,
}

impl AppendFile for ModelFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (mut disk, fault) = self.files.begin(Operation::Append)?;
        let content = disk.files.get_mut(&self.name).ok_or(io::ErrorKind::NotFound)?;
        let Some(fault) = fault else {
            content.live.extend_from_slice(bytes);
            return Ok(());
        };
        content.live.extend_from_slice(&bytes[..bytes.len() / 2]);
        Err(failure(fault))
    }

    fn sync(&mut self) -> io::Result<()> {
        let (mut disk, fault) = self.files.begin(Operation::Sync)?;
        let content = disk.files.get_mut(&self.name).ok_or(io::ErrorKind::NotFound)?;
        if let Some(fault) = fault {
            content.is_poisoned = true;
            return Err(failure(fault));
        }
        assert!(!content.is_poisoned, "a descriptor whose sync failed was synced again");
        let (id, live) = (content.id, content.live.clone());
        disk.durable.insert(id, live);
        Ok(())
    }

    fn release_reserve(&mut self) -> io::Result<()> {
        if let Some(content) = self.files.lock().files.get_mut(&self.name) {
            content.reserved = false;
        }
        Ok(())
    }
}
