//! Owns the browser's process: finding the program, starting it with two pipes, and ending it with all that it started.

use std::{
    ffi::OsStr,
    fs::Permissions,
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use rustix::process::{Pid, Signal, geteuid, kill_process_group};
use tempfile::TempDir;
use tokio::{
    io::AsyncReadExt,
    process::{Child, Command},
    task::JoinHandle,
};

use super::{CaptureError, devtools::DevTools};

/// Names of programs that will do, the likeliest first.
const NAMES: [&str; 7] = [
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "microsoft-edge-stable",
    "microsoft-edge",
];
/// Where they are though `PATH` does not say so.
const PLACES: [&str; 6] = [
    "/usr/bin",
    "/usr/local/bin",
    "/snap/bin",
    "/opt/google/chrome",
    "/opt/microsoft/msedge",
    "/Applications/Google Chrome.app/Contents/MacOS",
];
const FLAGS: [&str; 17] = [
    "--headless",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    // Containers give little shared memory, and a long page needs much.
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--metrics-recording-only",
    "--mute-audio",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-service-autorun",
    "--password-store=basic",
];
/// The protocol wants its pipes as files 3 and 4; a process is given none but 0 to 2, so a shell moves them.
const MOVE_PIPES: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null"#;
/// How long the browser may take to end when it is asked to.
const END_LIMIT: Duration = Duration::from_secs(5);
/// How much of what the browser complains of is kept.
const SAID_BYTES: usize = 64 * 1024;

/// A running browser.
///
/// # Guarantees
///
/// It leads a process group of its own: what is ended is this browser and what it started, and nothing else. Dropped, it is killed.
pub struct Browser {
    child: Child,
    said: JoinHandle<String>,
    /// Goes when the browser is gone.
    profile: Option<TempDir>,
}

/// Returns the browser's program: the named one, or the first that is found in the folders of `PATH` or at the usual places.
pub fn find(named: Option<&Path>, search_path: Option<&OsStr>) -> Result<PathBuf, CaptureError> {
    if let Some(path) = named {
        let problem = if path.is_file() { io::ErrorKind::PermissionDenied } else { io::ErrorKind::NotFound };
        let failed = || CaptureError::Start { path: path.to_owned(), source: problem.into() };
        return is_program(path).then(|| path.to_owned()).ok_or_else(failed);
    }
    let folders = search_path.map(|text| text.to_string_lossy().into_owned()).unwrap_or_default();
    let folders: Vec<&str> = folders.split(':').filter(|folder| folder.starts_with('/')).chain(PLACES).collect();
    let places = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| Path::new(folder).join(name)));
    places.into_iter().find(|path| is_program(path)).ok_or(CaptureError::NoBrowser)
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

impl Browser {
    /// Starts a browser, and the connection to it.
    pub fn start(program: &Path) -> Result<(Self, DevTools), CaptureError> {
        let failed = |source| CaptureError::Start { path: program.to_owned(), source };
        let profile = tempfile::Builder::new()
            .prefix("heatline-capture-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir()
            .map_err(failed)?;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", MOVE_PIPES]).arg(program).args(FLAGS);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        // Chromium's sandbox does not work for root.
        if geteuid().is_root() {
            command.arg("--no-sandbox");
        }
        command
            .arg("about:blank")
            .env_remove("HEATLINE_KEY")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        let mut child = command.spawn().map_err(failed)?;
        let (Some(to), Some(from), Some(complaints)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(failed(io::Error::other("it has no pipes")));
        };
        let said = tokio::spawn(async move {
            let (mut complaints, mut first) = (complaints, Vec::new());
            // Read to the end, or the browser would wait for somebody to read on.
            let _ = (&mut complaints).take(SAID_BYTES as u64).read_to_end(&mut first).await;
            let _ = tokio::io::copy(&mut complaints, &mut tokio::io::sink()).await;
            String::from_utf8_lossy(&first).into_owned()
        });
        Ok((Self { child, said, profile: Some(profile) }, DevTools::new(to, from)))
    }

    /// Returns why the browser has ended, in its own words.
    pub async fn ended(&mut self) -> CaptureError {
        self.kill();
        let status = self.child.wait().await.map_or_else(|error| error.to_string(), |status| status.to_string());
        let text = tokio::time::timeout(END_LIMIT, &mut self.said).await;
        let text = text.ok().and_then(Result::ok).unwrap_or_default();
        let last = text.lines().rfind(|line| !line.trim().is_empty()).map(|line| format!(": {}", line.trim()));
        CaptureError::Ended { said: format!("{status}{}", last.unwrap_or_default()) }
    }

    /// Ends the browser, and takes what it has written off the disk.
    pub async fn close(mut self, mut devtools: DevTools) {
        let asked = devtools.call(None, "Browser.close", serde_json::json!({}));
        let _ = tokio::time::timeout(END_LIMIT, asked).await;
        drop(devtools);
        let ended = tokio::time::timeout(END_LIMIT, self.child.wait()).await;
        if ended.is_err() {
            self.kill();
            let _ = self.child.wait().await;
        }
        if let Some(profile) = self.profile.take() {
            remove(profile).await;
        }
    }

    /// Kills the browser and what it started. It is not waited for before, so nobody else has its number.
    fn kill(&self) {
        if let Some(group) = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw) {
            // It may have ended.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Removes the profile. A helper of the browser that is just ending may still write to it.
async fn remove(profile: TempDir) {
    const TRIES: u32 = 10;
    const PAUSE: Duration = Duration::from_millis(100);
    let path = profile.keep();
    for _ in 0..TRIES {
        match tokio::fs::remove_dir_all(&path).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => tokio::time::sleep(PAUSE).await,
            Ok(()) | Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn a_program(folder: &Path, name: &str, mode: u32) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, "#!/bin/sh\n").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        path
    }

    #[test]
    fn the_likeliest_program_of_the_path_is_found() {
        let folder = tempfile::tempdir().unwrap();
        a_program(folder.path(), "chromium", 0o644);
        let edge = a_program(folder.path(), "microsoft-edge", 0o755);
        let search_path = format!("relative:{}:/nowhere", folder.path().display());
        let found = || find(None, Some(OsStr::new(&search_path)));
        // Another one may be at a usual place of this machine.
        assert!(found().is_ok_and(|path| path == edge || PLACES.iter().any(|place| path.starts_with(place))));
        let chromium = a_program(folder.path(), "chromium", 0o755);
        assert_eq!(found().unwrap(), chromium);
    }

    #[test]
    fn a_named_program_must_be_one() {
        let folder = tempfile::tempdir().unwrap();
        let text = a_program(folder.path(), "text", 0o644);
        let said = |path: &Path| find(Some(path), None).unwrap_err().to_string();
        assert!(said(&text).ends_with("cannot be run as a browser: permission denied"), "{}", said(&text));
        assert!(said(Path::new("/nowhere")).contains("/nowhere cannot be run"), "{}", said(Path::new("/nowhere")));
        let program = a_program(folder.path(), "program", 0o755);
        assert_eq!(find(Some(&program), None).unwrap(), program);
    }

    #[tokio::test]
    async fn a_browser_that_ends_tells_its_last_words() {
        let folder = tempfile::tempdir().unwrap();
        let program = a_program(folder.path(), "program", 0o755);
        fs::write(&program, "#!/bin/sh\necho first >&2\necho missing libnss3.so >&2\nexit 7\n").unwrap();
        let (mut browser, mut devtools) = Browser::start(&program).unwrap();
        let answer = devtools.call(None, "Browser.getVersion", serde_json::json!({})).await;
        assert!(matches!(answer, Err(CaptureError::Ended { .. })), "{answer:?}");
        let said = browser.ended().await.to_string();
        assert_eq!(said, "the browser ended by itself: exit status: 7: missing libnss3.so");
    }
}
