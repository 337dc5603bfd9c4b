//! Settings of the machine, changed by one test at a time and restored.

use std::{
    fs::{self, File},
    os::fd::AsRawFd as _,
};

use super::capability::lacking;

/// A setting that is this test's alone until drop.
///
/// The lock is one on the setting's own file, so it holds between processes and users.
#[derive(Debug)]
pub(crate) struct Setting {
    path: String,
    lock: File,
    before: String,
}

impl Setting {
    /// Waits for the setting; `None` if the machine does not have it.
    pub(crate) fn take(path: impl Into<String>) -> Option<Self> {
        let path = path.into();
        let lock = File::open(&path).ok()?;
        assert_eq!(0, unsafe { libc::flock(lock.as_raw_fd(), libc::LOCK_EX) });
        let before = fs::read_to_string(&path).ok()?;
        Some(Self { path, lock, before })
    }

    pub(crate) fn get(&self) -> String {
        fs::read_to_string(&self.path).unwrap().trim().to_owned()
    }

    /// Sets it until drop; `false` if this user may not.
    pub(crate) fn set(&self, value: &str) -> bool {
        fs::write(&self.path, value).is_ok()
    }
}

impl Drop for Setting {
    fn drop(&mut self) {
        if fs::read_to_string(&self.path).ok().as_ref() != Some(&self.before) {
            fs::write(&self.path, self.before.trim()).unwrap();
        }
        // A child that was forked meanwhile has a copy of the descriptor, which would hold it.
        unsafe { libc::flock(self.lock.as_raw_fd(), libc::LOCK_UN) };
    }
}

/// The size of a transparent huge page: as much as one page of page-table entries maps.
pub(crate) fn huge() -> usize {
    super::page() / size_of::<u64>() * super::page()
}

/// Free huge pages for one test.
///
/// The test maps them in a child. In the harness, what another test forks would have a part in
/// them: they would be told as shared, a write would take another one, and they would not be free
/// before that child has ended.
#[derive(Debug)]
pub(crate) struct HugePages {
    /// The size of a page in bytes.
    pub(crate) size: usize,
    folder: String,
    pool: Setting,
}

impl HugePages {
    /// So many free pages of 2 MiB; `None` is a skip (`hugepages-2m`).
    #[track_caller]
    pub(crate) fn of_2m(pages: usize) -> Option<Self> {
        Self::reserve("hugepages-2m", 2 << 20, pages)
    }

    /// So many free pages of 1 GiB; `None` is a skip (`hugepages-1g`).
    #[track_caller]
    pub(crate) fn of_1g(pages: usize) -> Option<Self> {
        Self::reserve("hugepages-1g", 1 << 30, pages)
    }

    #[track_caller]
    fn reserve(name: &str, size: usize, pages: usize) -> Option<Self> {
        let folder = format!("/sys/kernel/mm/hugepages/hugepages-{}kB", size >> 10);
        let Some(pool) = Setting::take(format!("{folder}/nr_hugepages")) else {
            lacking(name, "the machine has no pages of this size");
            return None;
        };
        let pool = Self { size, folder, pool };
        if pool.free() < pages {
            let total: usize = pool.pool.get().parse().unwrap();
            pool.pool.set(&(total + pages - pool.free()).to_string());
        }
        if pool.free() < pages {
            lacking(name, &format!("{} of {pages} are free", pool.free()));
            return None;
        }
        Some(pool)
    }

    /// The number of pages that are free and not promised to a mapping.
    pub(crate) fn free(&self) -> usize {
        // The two are read one after the other: a mapping that comes or goes between can make the
        // second larger.
        self.count("free_hugepages").saturating_sub(self.count("resv_hugepages"))
    }

    fn count(&self, file: &str) -> usize {
        fs::read_to_string(format!("{}/{file}", self.folder)).unwrap().trim().parse().unwrap()
    }
}

mod tests {
    use super::*;

    #[test]
    fn a_setting_is_one_tests_at_a_time_and_is_restored() {
        let Some(pool) = HugePages::of_2m(3) else { return };
        assert!(pool.free() >= 3);
        let (path, before) = (pool.pool.path.clone(), pool.pool.before.clone());
        let other = File::open(&path).unwrap();
        let now = libc::LOCK_EX | libc::LOCK_NB;
        assert_eq!(-1, unsafe { libc::flock(other.as_raw_fd(), now) });
        drop(pool);
        assert_eq!(before, Setting::take(&path).unwrap().get() + "\n");
    }
}
