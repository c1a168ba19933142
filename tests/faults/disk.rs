//! A disk that is full: nothing is promised that cannot be kept, and it is over when there is room.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::{
    helpers::{PATIENCE, Service, eventually},
    load::{Fate, Ledger, beacon},
    oracle::assert_exactly_once,
    rig::{drained, folder},
};

/// Room of the small disk, MiB: a segment is reserved with 16.
const DISK_MB: usize = 24;

/// A small disk in memory, mounted on a folder until it is dropped.
struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    fn mount(folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        let size = format!("size={DISK_MB}m");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder).status().unwrap();
        assert!(mount.success(), "this test mounts a small disk and needs the right to: run it as root");
        Self { folder: folder.to_owned() }
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }

    /// Takes all room that is left.
    fn fill(&self) {
        let mut ballast = fs::File::options().create(true).append(true).open(self.ballast()).unwrap();
        let block = [0; 4096];
        while std::io::Write::write_all(&mut ballast, &block).is_ok() {}
    }

    fn free(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: where a test has failed the service still has its files open. What remains is gone with its last file.
        let _ = Command::new("umount").arg("--lazy").arg(&self.folder).status();
    }
}

#[tokio::test]
async fn a_full_disk_is_said_and_keeps_nothing_and_is_over_when_there_is_room() {
    let (_folder, data_dir) = folder();
    let ledger = Ledger::default();
    let disk = SmallDisk::mount(&data_dir.join("spool"));
    let service = Service::start_with_site(&data_dir).await;
    ledger.send_accepted(&service, 50).await;
    for round in 1..=3 {
        // Beacons come all the time, so that an open segment is full at some moment of its life.
        let full = async {
            disk.fill();
            let refused = ledger.count(Fate::Refused);
            eventually("beacons are refused", PATIENCE, async || {
                disk.fill();
                (ledger.count(Fate::Refused) > refused + 5).then_some(())
            })
            .await;
        };
        ledger.send_until(&service, full).await;
        let view = ledger.next();
        let answer = service.beacon_request(&beacon(view)).send_to_a_troubled_service().await;
        ledger.settle(view, Fate::Refused);
        answer.problem(503, "unavailable", "a beacon that the disk cannot take");
        assert!(answer.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
        service.get("/healthz").send().await.expect(200, "the process is alive");
        drained(&service).await;
        assert_exactly_once(&ledger, &data_dir, &format!("while the disk is full, round {round}")).await;

        disk.free();
        let room = async || (ledger.send(&service).await == Fate::Accepted).then_some(());
        eventually("beacons are accepted again", Duration::from_secs(2), room).await;
        ledger.send_accepted(&service, 50).await;
        drained(&service).await;
        assert_exactly_once(&ledger, &data_dir, &format!("when there is room again, round {round}")).await;
    }
    assert!(service.metrics().await.value("spool_write_errors_total") > 0);
    service.stop().await;
}
