//! Shortage is an error at creation, and names the limit and what it is set to.

use mman::{MapOptions, Prefault};

use crate::util::child::in_child;

/// The setting is the whole machine's: the limit is so high that it hurts nobody else.
#[cfg(target_pointer_width = "64")]
#[test]
fn a_commit_limit_is_named() {
    use crate::util::machine::Setting;
    use mman::Anon;

    const LIMIT: usize = 64 << 40;
    if !have!("root") {
        return;
    }
    let setting = |name| Setting::take(format!("/proc/sys/vm/{name}")).unwrap();
    // Writing one of the two sets the other to 0: this order restores both.
    let ratio = setting("overcommit_ratio");
    let kibibytes = setting("overcommit_kbytes");
    assert!(ratio.get() != "0" || kibibytes.get() != "0");
    let mode = setting("overcommit_memory");
    assert!(kibibytes.set(&(LIMIT >> 10).to_string()) && mode.set("2"));
    in_child(|| {
        // Swap space counts as well.
        let about = std::fs::read_to_string("/proc/meminfo").unwrap();
        let line = about.lines().find_map(|line| line.strip_prefix("CommitLimit:")).unwrap();
        let limit: usize = line.trim().strip_suffix(" kB").unwrap().parse().unwrap();
        let units = [(30, "TiB"), (20, "GiB"), (10, "MiB"), (0, "KiB")];
        let (shift, unit) = units.into_iter().find(|(bits, _)| limit % (1 << bits) == 0).unwrap();
        let expected =
            format!("vm.overcommit_memory is 2, the limit is {} {unit} (ENOMEM)", limit >> shift);
        let error = Anon::new(LIMIT + (1 << 40)).unwrap_err().to_string();
        assert_eq!(format!("map: {expected}"), error);
        let mut memory = Anon::new(1).unwrap();
        let error = memory.resize(LIMIT + (1 << 40)).unwrap_err().to_string();
        assert_eq!(format!("resize: {expected}"), error);
        memory.fill(1);
    });
    drop(mode);
    drop(kibibytes);
}

/// Pages are brought in by as many threads as were asked for, and by one unless asked.
#[test]
fn prefault_is_shared_by_threads() {
    use crate::util::{page, seccomp};
    use mman::HugePages;

    if !have!("thp") {
        return;
    }
    let faults = || {
        let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
        assert_eq!(0, unsafe { libc::getrusage(libc::RUSAGE_THREAD, &mut usage) });
        usage.ru_minflt as usize
    };
    let len = 3 * (32 << 20);
    let pages = len / page();
    let mut options = MapOptions::new();
    options.prefault(Prefault::Write).huge_pages(HugePages::Never);
    let mut own_faults = |threads: Option<usize>, with: fn()| {
        if let Some(threads) = threads {
            options.prefault_threads(threads.try_into().unwrap());
        }
        let options = &options;
        in_child(|| {
            with();
            let before = faults();
            let memory = options.anon(len).unwrap();
            let own = faults() - before;
            assert_eq!(pages, memory.residency(..).unwrap().resident());
            let share = pages / threads.unwrap_or(1);
            let threads_are_denied = with as usize != nothing as fn() as usize;
            let expected = if threads_are_denied { pages } else { share };
            assert!((expected..expected + 1000).contains(&own), "{own} of {pages}");
        });
    };
    fn nothing() {}
    fn no_threads() {
        seccomp::deny(&[libc::SYS_clone, libc::SYS_clone3], libc::EAGAIN);
    }
    own_faults(None, nothing);
    own_faults(Some(3), nothing);
    // Where no thread can be made, the caller does it all.
    own_faults(Some(3), no_threads);
}
