//! A control group of a test's own.

use std::{fs, os::fd::AsRawFd as _, path::PathBuf};

use super::{capability::lacking, mount};

/// A group that this process has joined, until drop: for a child only.
#[derive(Debug)]
pub(crate) struct Group {
    root: PathBuf,
    path: PathBuf,
    /// Held while the controller is on.
    lock: fs::File,
    switched_on: bool,
}

impl Group {
    /// A group that may have so many bytes of huge pages of 2 MiB; `None` is a skip
    /// (`cgroup-hugetlb`).
    #[track_caller]
    pub(crate) fn of_huge_pages(limit: usize) -> Option<Self> {
        let joined = Self::join("hugetlb", "hugetlb.2MB.max", &limit.to_string());
        joined.map_err(|why| lacking("cgroup-hugetlb", &why)).ok()
    }

    fn join(controller: &str, file: &str, value: &str) -> Result<Self, String> {
        if unsafe { libc::geteuid() } != 0 {
            return Err("the user is not root".to_owned());
        }
        let root = root()?;
        let offered = fs::read_to_string(root.join("cgroup.controllers")).unwrap();
        if !offered.split_whitespace().any(|word| word == controller) {
            return Err(format!("there is no controller {controller}"));
        }
        let switch = root.join("cgroup.subtree_control");
        let lock = fs::File::open(&switch).unwrap();
        assert_eq!(0, unsafe { libc::flock(lock.as_raw_fd(), libc::LOCK_EX) });
        let on = fs::read_to_string(&switch).unwrap();
        let switched_on = !on.split_whitespace().any(|word| word == controller);
        if switched_on {
            fs::write(&switch, format!("+{controller}")).map_err(|error| error.to_string())?;
        }
        let path = root.join(format!("mman-test-{}", std::process::id()));
        fs::create_dir(&path).unwrap();
        let group = Self { root, path, lock, switched_on };
        fs::write(group.path.join(file), value).unwrap();
        fs::write(group.path.join("cgroup.procs"), "0").unwrap();
        Ok(group)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        fs::write(self.root.join("cgroup.procs"), "0").unwrap();
        fs::remove_dir(&self.path).unwrap();
        if self.switched_on {
            fs::write(self.root.join("cgroup.subtree_control"), "-hugetlb").unwrap();
        }
        unsafe { libc::flock(self.lock.as_raw_fd(), libc::LOCK_UN) };
    }
}

/// Where the groups are; mounted for this child alone if they are nowhere.
fn root() -> Result<PathBuf, String> {
    for place in ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"] {
        if fs::exists(format!("{place}/cgroup.controllers")).unwrap_or(false) {
            return Ok(place.into());
        }
    }
    let place = "/sys/fs/cgroup";
    let empty = fs::read_dir(place).is_ok_and(|mut entries| entries.next().is_none());
    if !empty || super::capability::probe("sys-admin").is_err() {
        return Err("control groups are not mounted".to_owned());
    }
    mount::privately("cgroup2", place, "");
    Ok(place.into())
}
