//! `cargo xtask vm`: the tests on other kernels and another architecture, in emulated machines.
//!
//! A guest is one of Debian's own kernels with a small initramfs: busybox, an init, modules, and the
//! test binary, linked statically. It has a disk for the tests' files, and another to swap to. Its
//! serial console is printed and kept in `target/vm/NAME.log`; the last line that the init writes
//! there is the verdict. The machine is emulated (TCG), so no virtualization is needed, and
//! everything takes about ten times as long.

mod debian;
mod initramfs;

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{Result, process::run, root, static_tests};
use debian::Archive;

/// A machine, its kernel, and what its tests must not skip.
struct Guest {
    name: &'static str,
    arch: Arch,
    /// Debian's release, and the first and last part of the kernel package's name.
    kernel: (&'static str, &'static str, &'static str),
    /// The modules that it takes for its disks and for what the tests mount, in order of loading.
    modules: &'static [&'static str],
    nodes: u32,
    require: &'static str,
}

#[derive(Clone, Copy)]
enum Arch {
    X86_64,
    Aarch64,
}

/// THE list of guests.
const GUESTS: [Guest; 4] = [
    Guest {
        name: "x86_64-6.12",
        arch: Arch::X86_64,
        kernel: ("trixie", "linux-image-6.12.", "-cloud-amd64"),
        modules: &["virtio_blk", "overlay"],
        nodes: 2,
        require: "root,ipc-lock,sys-rawio,sys-admin,sys-nice,disk,swap,thp,hugepages-2m,numa,numa-2,\
                  pkeys,soft-dirty,expendable,memory-failure,ksm,overlay,userfaultfd,memfd_secret,\
                  linux-6.12",
    },
    Guest {
        name: "x86_64-6.1",
        arch: Arch::X86_64,
        kernel: ("bookworm", "linux-image-6.1.", "-cloud-amd64"),
        modules: &[
            "virtio",
            "virtio_ring",
            "virtio_pci_legacy_dev",
            "virtio_pci_modern_dev",
            "virtio_pci",
            "virtio_blk",
            "overlay",
        ],
        nodes: 2,
        require: "root,ipc-lock,sys-rawio,sys-admin,sys-nice,disk,swap,thp,hugepages-2m,numa,numa-2,\
                  pkeys,soft-dirty,ksm,overlay,memfd_secret,linux-6.1",
    },
    Guest {
        name: "aarch64-4k",
        arch: Arch::Aarch64,
        kernel: ("trixie", "linux-image-6.12.", "-cloud-arm64"),
        modules: &["virtio_blk", "overlay"],
        nodes: 1,
        require: "root,ipc-lock,sys-rawio,sys-admin,sys-nice,disk,swap,thp,hugepages-2m,numa,bti,mte,\
                  expendable,memory-failure,ksm,overlay,userfaultfd,memfd_secret,linux-6.12",
    },
    Guest {
        name: "aarch64-16k",
        arch: Arch::Aarch64,
        kernel: ("trixie", "linux-image-6.12.", "-arm64-16k"),
        modules: &["virtio_blk", "crc16", "crc32c_generic", "mbcache", "jbd2", "ext4", "overlay"],
        nodes: 1,
        require: "root,ipc-lock,sys-rawio,sys-admin,sys-nice,disk,swap,thp,hugepages-2m,numa,bti,mte,\
                  expendable,memory-failure,ksm,overlay,userfaultfd,memfd_secret,linux-6.12",
    },
];

/// How long a guest may take. Emulation is slow, and more so on a busy machine.
const LIMIT: Duration = Duration::from_secs(20 * 60);

/// The tests inside the library that are for a machine: others compare files of the source.
const UNIT: &str = "guarded:: os:: --skip versions_are_those_of_the_documentation";

/// What the init writes last, before the exit code of the tests.
const VERDICT: &str = "VERDICT ";

/// Runs the tests in the guests of these names, or in all of them.
pub(crate) fn test(names: &[&str]) -> Result {
    if let Some(name) = names.iter().find(|name| !GUESTS.iter().any(|guest| guest.name == **name)) {
        let known = GUESTS.map(|guest| guest.name).join(", ");
        return Err(format!("no guest {name}; there are {known}"));
    }
    let mut failed = Vec::new();
    for guest in GUESTS.iter().filter(|guest| names.is_empty() || names.contains(&guest.name)) {
        let start = Instant::now();
        let verdict = guest.run();
        let seconds = start.elapsed().as_secs();
        match verdict {
            Ok(()) => println!("{}: ok, {seconds} s", guest.name),
            Err(error) => {
                println!("{}: FAILED, {seconds} s: {error}", guest.name);
                failed.push(guest.name);
            }
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

impl Guest {
    fn run(&self) -> Result {
        let place = root().join("target/vm").join(self.name);
        fs::create_dir_all(&place).map_err(|error| format!("{}: {error}", place.display()))?;
        let archive = Archive::open(self.kernel.0, self.arch.debian())?;
        let package = archive.newest(self.kernel.1, self.kernel.2)?;
        let package = archive.unpack(&package, &place.join(&package))?;
        let kernel = kernel(&package)?;
        let busybox = archive.unpack("busybox-static", &place.join("busybox"))?;
        let tests = static_tests::build(self.arch.target())?;
        let image = place.join("initramfs");
        let mut files = vec![
            ("bin/busybox".into(), first(&busybox, &["bin/busybox", "usr/bin/busybox"])?),
            ("tests/unit".into(), tests.unit),
            ("tests/it".into(), tests.it),
        ];
        for module in self.modules {
            files.push(self::module(&package, module)?);
        }
        initramfs::write(&image, &self.init(), &files)?;
        self.boot(&kernel, &image, &disks(&place)?)
    }

    /// The first program: makes the machine fit for the tests, runs them, reports, powers off.
    fn init(&self) -> String {
        let Self { require, .. } = self;
        let modules = self.modules.join(" ");
        let temporary = static_tests::temporary(self.arch.target());
        format!(
            "#!/bin/busybox sh\n\
             export PATH=/bin\n\
             /bin/busybox --install -s /bin\n\
             mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev\n\
             mkdir -p /dev/shm; mount -t tmpfs shm /dev/shm; mount -t tmpfs tmp /tmp\n\
             xz -d /modules/*.xz\n\
             for module in {modules}; do insmod /modules/$module.ko; done\n\
             mkdir -p '{temporary}'; mount -t ext4 /dev/vda '{temporary}'\n\
             mkswap /dev/vdb; swapon /dev/vdb\n\
             echo 32 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages\n\
             ip link set lo up\n\
             uname -a\n\
             cd /tests\n\
             export MMAN_TEST_REQUIRE={require} MMAN_TEST_EXPENDABLE=1 MMAN_TEST_SLOW=5\n\
             export RUST_BACKTRACE=0\n\
             ./unit --test-threads=2 {UNIT} 2>&1; unit=$?\n\
             ./it --test-threads=2 2>&1; it=$?\n\
             echo \"{VERDICT}$((unit | it))\"\n\
             poweroff -f\n",
            temporary = temporary.display(),
        )
    }

    /// Boots, shows the console, and takes the verdict from it.
    fn boot(&self, kernel: &Path, image: &Path, disks: &[PathBuf]) -> Result {
        let log = root().join("target/vm").join(format!("{}.log", self.name));
        let mut log =
            fs::File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let mut machine = self
            .machine()
            .args(["-nographic", "-no-reboot", "-nodefaults", "-serial", "stdio"])
            .args(["-monitor", "none", "-smp", "2"])
            .arg("-kernel")
            .arg(kernel)
            .arg("-initrd")
            .arg(image)
            .args(disks.iter().flat_map(|disk| drive(disk)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}; on Debian: {}", self.arch.qemu(), PACKAGES))?;
        let console = machine.stdout.take().ok_or("the console is gone")?;
        let reader = thread::spawn(move || {
            let mut verdict = None;
            for line in BufReader::new(console).split(b'\n').map_while(std::result::Result::ok) {
                let line = String::from_utf8_lossy(&line);
                let line = line.trim_end();
                println!("  {line}");
                // What cannot be kept is on the terminal still.
                let _ = writeln!(log, "{line}");
                verdict = line.strip_prefix(VERDICT).map(String::from).or(verdict);
            }
            verdict
        });
        let start = Instant::now();
        while machine.try_wait().map_err(|error| error.to_string())?.is_none() {
            if start.elapsed() > LIMIT {
                machine.kill().map_err(|error| error.to_string())?;
                machine.wait().map_err(|error| error.to_string())?;
                return Err(format!("not done after {} s", LIMIT.as_secs()));
            }
            thread::sleep(Duration::from_millis(200));
        }
        match reader.join().map_err(|_| "the console's reader panicked")? {
            Some(code) if code == "0" => Ok(()),
            Some(code) => Err(format!("the tests exited with {code}")),
            None => Err("the guest died before the tests were done".into()),
        }
    }

    /// The emulator, with processors, memory and nodes.
    fn machine(&self) -> Command {
        let mut command = Command::new(self.arch.qemu());
        command.args(["-accel", "tcg,thread=multi", "-cpu", "max", "-m", "1536"]);
        if let Arch::Aarch64 = self.arch {
            command.args(["-machine", "virt,mte=on"]);
        }
        let size = 1536 / self.nodes;
        for node in (0..self.nodes).filter(|_| self.nodes > 1) {
            let memory = format!("memory-backend-ram,size={size}M,id=m{node}");
            let numa = format!("node,nodeid={node},memdev=m{node},cpus={node}");
            command.args(["-object", &memory, "-numa", &numa]);
        }
        let console = match self.arch {
            Arch::X86_64 => "ttyS0",
            Arch::Aarch64 => "ttyAMA0",
        };
        let line = format!("console={console} panic=-1 rdinit=/init quiet secretmem.enable=1");
        command.args(["-append", &line]);
        command
    }
}

/// What Debian calls the programs that this needs.
const PACKAGES: &str = "apt-get install qemu-system-x86 qemu-system-arm ipxe-qemu \
                        gcc-aarch64-linux-gnu libc6-dev-arm64-cross";

impl Arch {
    fn debian(self) -> &'static str {
        match self {
            Self::X86_64 => "amd64",
            Self::Aarch64 => "arm64",
        }
    }

    fn qemu(self) -> &'static str {
        match self {
            Self::X86_64 => "qemu-system-x86_64",
            Self::Aarch64 => "qemu-system-aarch64",
        }
    }

    fn target(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64-unknown-linux-gnu",
            Self::Aarch64 => "aarch64-unknown-linux-gnu",
        }
    }
}

/// The first of these files below `place` that exists.
fn first(place: &Path, names: &[&str]) -> Result<PathBuf> {
    let mut files = names.iter().map(|name| place.join(name));
    files.find(|file| file.exists()).ok_or_else(|| format!("no {names:?} in {}", place.display()))
}

/// The kernel of an unpacked package.
fn kernel(package: &Path) -> Result<PathBuf> {
    let boot = package.join("boot");
    let entries = fs::read_dir(&boot).map_err(|error| format!("{}: {error}", boot.display()))?;
    let mut images = entries.flatten().map(|entry| entry.path());
    let is_kernel = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("vmlinuz"))
    };
    images.find(is_kernel).ok_or_else(|| format!("no kernel in {}", boot.display()))
}

/// A module of an unpacked package, and its name in the initramfs; Debian compresses newer ones.
fn module(package: &Path, name: &str) -> Result<(String, PathBuf)> {
    let names = [format!("{name}.ko"), format!("{name}.ko.xz")];
    let mut directories = vec![first(package, &["usr/lib/modules", "lib/modules"])?];
    while let Some(directory) = directories.pop() {
        let entries = fs::read_dir(&directory)
            .map_err(|error| format!("{}: {error}", directory.display()))?;
        for entry in entries.flatten() {
            let file = entry.file_name().to_string_lossy().into_owned();
            if names.contains(&file) {
                return Ok((format!("modules/{file}"), entry.path()));
            }
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                directories.push(entry.path());
            }
        }
    }
    Err(format!("no module {name} in {}", package.display()))
}

/// Makes the disks: one with an empty file system, and one to swap to.
fn disks(place: &Path) -> Result<[PathBuf; 2]> {
    let disks = ["files", "swap"].map(|name| place.join(format!("{name}.disk")));
    for disk in &disks {
        let size = 512 << 20; // sparse: it takes what is written to it
        fs::File::create(disk)
            .and_then(|file| file.set_len(size))
            .map_err(|error| format!("{}: {error}", disk.display()))?;
    }
    run(Command::new("/sbin/mke2fs").args(["-q", "-F", "-t", "ext4"]).arg(&disks[0]))?;
    Ok(disks)
}

/// The emulator's arguments for a disk, whose content is of no value after the run.
fn drive(disk: &Path) -> [String; 2] {
    let file = disk.display();
    ["-drive".into(), format!("file={file},format=raw,if=virtio,cache=unsafe")]
}
