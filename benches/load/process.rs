//! Owns what Linux tells of a running process: its CPU time, its memory, its child.

use std::{fs, io};

/// Unit of times in `/proc/PID/stat`, fixed by the kernel's interface.
const TICKS_PER_SECOND: f64 = 100.0;
/// Fields of `/proc/PID/stat` counted from the one behind the name, which may itself have spaces.
const PARENT: usize = 1;
const USER_TICKS: usize = 11;
const SYSTEM_TICKS: usize = 12;

/// Returns the CPU seconds that a process has used, without those of its children.
pub fn cpu_seconds(pid: u32) -> io::Result<f64> {
    let stat = stat(pid)?;
    Ok((number(&stat, USER_TICKS)? + number(&stat, SYSTEM_TICKS)?) / TICKS_PER_SECOND)
}

/// Resident memory of a process, MiB.
#[derive(Debug, Clone, Copy, Default)]
pub struct Resident {
    /// With files that it maps.
    pub all_mib: f64,
    /// What only this process has.
    pub anonymous_mib: f64,
}

/// Returns the resident memory of a process.
pub fn resident(pid: u32) -> io::Result<Resident> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let mib = |name: &str| {
        let kib = status.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB")?.parse().ok());
        kib.map(|kib: f64| kib / 1024.0).ok_or_else(|| io::Error::other(format!("no {name} in /proc")))
    };
    Ok(Resident { all_mib: mib("VmRSS:")?, anonymous_mib: mib("RssAnon:")? })
}

/// Returns a child of a process.
pub fn child_of(parent: u32) -> io::Result<u32> {
    for entry in fs::read_dir("/proc")? {
        let Ok(pid) = entry?.file_name().to_string_lossy().parse() else { continue };
        // A process may end while we look.
        let Ok(stat) = stat(pid) else { continue };
        if stat.get(PARENT).is_some_and(|found| *found == parent.to_string()) {
            return Ok(pid);
        }
    }
    Err(io::Error::other(format!("process {parent} has no child")))
}

fn stat(pid: u32) -> io::Result<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, behind_name) = text.rsplit_once(')').ok_or_else(|| io::Error::other("unknown form of /proc/PID/stat"))?;
    Ok(behind_name.split_whitespace().map(str::to_owned).collect())
}

fn number(stat: &[String], field: usize) -> io::Result<f64> {
    let text = stat.get(field).ok_or_else(|| io::Error::other("too few fields in /proc/PID/stat"))?;
    text.parse().map_err(io::Error::other)
}
