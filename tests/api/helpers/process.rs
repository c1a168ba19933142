//! Owns looking at processes and killing them, on Linux.

use std::{fs, time::Duration};

use rustix::process::{Pid, Signal, kill_process};

use super::eventually;

/// How the kernel's tables write that a socket listens.
const LISTENING: &str = "0A";

/// Sends a signal to a process.
pub fn signal(pid: u32, signal: Signal) {
    kill_process(to_pid(pid), signal).unwrap();
}

/// Ends a process as the kernel does when memory is short.
pub fn kill(pid: u32) {
    signal(pid, Signal::KILL);
}

/// Returns whether a process is there and has not ended.
pub fn is_alive(pid: u32) -> bool {
    state(pid).is_some_and(|state| state != 'Z' && state != 'X')
}

/// Waits until a process has ended.
pub async fn ended(pid: u32, within: Duration) {
    eventually(&format!("process {pid} has ended"), within, async || (!is_alive(pid)).then_some(())).await;
}

/// Returns the process of the engine that this service has started.
pub fn engine_of(service: u32) -> Option<u32> {
    let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let children = processes.filter(|&pid| parent(pid) == Some(service));
    children.into_iter().find(|&pid| is_engine(pid))
}

/// Returns the addresses at which a process listens for TCP.
pub fn listening_addresses(pid: u32) -> Vec<String> {
    let links =
        fs::read_dir(format!("/proc/{pid}/fd")).unwrap().filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    let sockets: Vec<String> =
        links.filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())).collect();
    let mut addresses = Vec::new();
    for table in ["tcp", "tcp6"] {
        let text = fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap();
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            if fields[3] == LISTENING && sockets.iter().any(|socket| socket == fields[9]) {
                addresses.push(address(fields[1]));
            }
        }
    }
    addresses
}

/// Reads an address as the kernel writes it: `0100007F:1F90` is 127.0.0.1:8080. One of IPv6 is returned as it stands.
fn address(text: &str) -> String {
    let (host, port) = text.split_once(':').unwrap();
    let port = u16::from_str_radix(port, 16).unwrap();
    match u32::from_str_radix(host, 16) {
        Ok(host) => format!("{}:{port}", std::net::Ipv4Addr::from(host.to_le_bytes())),
        Err(_too_long) => format!("[{host}]:{port}"),
    }
}

fn is_engine(pid: u32) -> bool {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    line.split(|&byte| byte == 0).nth(1) == Some(b"engine") && is_alive(pid)
}

fn parent(pid: u32) -> Option<u32> {
    fields(pid)?.split(' ').nth(1)?.parse().ok()
}

fn state(pid: u32) -> Option<char> {
    fields(pid)?.chars().next()
}

/// Returns what `/proc/<pid>/stat` has after the name, which may itself have spaces and brackets.
fn fields(pid: u32) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(text.rsplit_once(") ")?.1.to_owned())
}

fn to_pid(pid: u32) -> Pid {
    Pid::from_raw(i32::try_from(pid).unwrap()).unwrap()
}
