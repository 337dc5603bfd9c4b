//! Debian's packages of any release and architecture, without touching this machine's own set.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Result,
    process::{read, run},
    root,
};

/// A release for an architecture, with package lists of its own below `target`.
pub(super) struct Archive {
    /// What it is, for a message.
    name: String,
    options: Vec<String>,
}

impl Archive {
    /// Takes the machine's own sources for another release, and fetches the lists if need be.
    pub(super) fn open(release: &str, architecture: &str) -> Result<Self> {
        let place = root().join("target/vm/apt").join(format!("{release}-{architecture}"));
        let place = place.display();
        for directory in ["lists/partial", "cache/archives/partial"] {
            let directory = format!("{place}/{directory}");
            fs::create_dir_all(&directory).map_err(|error| format!("{directory}: {error}"))?;
        }
        let sources = format!("{place}/release.sources");
        fs::write(&sources, own_sources(release)?)
            .map_err(|error| format!("{sources}: {error}"))?;
        let set = [
            // Without this, lists that could not be fetched are a warning.
            "APT::Update::Error-Mode=any".into(),
            format!("Dir::Etc::sourcelist={sources}"),
            "Dir::Etc::sourceparts=/dev/null".into(),
            format!("Dir::State::lists={place}/lists"),
            format!("Dir::Cache={place}/cache"),
            format!("APT::Architecture={architecture}"),
            format!("APT::Architectures={architecture}"),
        ];
        let options = set.into_iter().flat_map(|one| ["-o".into(), one]).collect();
        let archive = Self { name: format!("Debian {release} for {architecture}"), options };
        run(archive.apt("apt-get").args(["--quiet=2", "update"])).map_err(|error| {
            format!("{error}\nno list of packages of {}: is its mirror in reach?", archive.name)
        })?;
        Ok(archive)
    }

    /// The package with the highest version in its name between `prefix` and `suffix`.
    pub(super) fn newest(&self, prefix: &str, suffix: &str) -> Result<String> {
        let names = read(self.apt("apt-cache").args(["pkgnames", prefix]))?;
        let version = |name: &&str| -> Vec<u32> {
            let words = name.split(|c: char| !c.is_ascii_digit());
            words.filter_map(|word| word.parse().ok()).collect()
        };
        let fits = |name: &&str| name.ends_with(suffix);
        let newest = names.lines().filter(fits).max_by_key(version);
        newest.map(String::from).ok_or_else(|| format!("{} has no {prefix}*{suffix}", self.name))
    }

    /// Downloads a package and unpacks it at `place`, unless that was done before.
    pub(super) fn unpack(&self, package: &str, place: &Path) -> Result<PathBuf> {
        if place.exists() {
            return Ok(place.to_owned());
        }
        let new = place.with_extension("new");
        let _ = fs::remove_dir_all(&new);
        fs::create_dir_all(&new).map_err(|error| format!("{}: {error}", new.display()))?;
        run(self.apt("apt-get").args(["--quiet=2", "download", package]).current_dir(&new))
            .map_err(|error| format!("{error}\nno package {package} of {}", self.name))?;
        let files = fs::read_dir(&new).map_err(|error| format!("{}: {error}", new.display()))?;
        for file in files.flatten().map(|entry| entry.path()) {
            run(Command::new("dpkg-deb").arg("-x").arg(&file).arg(&new))?;
            fs::remove_file(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        }
        fs::rename(&new, place).map_err(|error| format!("{}: {error}", place.display()))?;
        Ok(place.to_owned())
    }

    fn apt(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.args(&self.options);
        command
    }
}

/// The machine's own sources of Debian, for `release`, in whichever form they are.
fn own_sources(release: &str) -> Result<String> {
    const NEW: &str = "/etc/apt/sources.list.d/debian.sources";
    const OLD: &str = "/etc/apt/sources.list";
    if let Ok(text) = fs::read_to_string(NEW) {
        let paragraph = text.split("\n\n").next().unwrap_or_default();
        let lines = paragraph.lines().map(|line| match line.strip_prefix("Suites:") {
            Some(_) => format!("Suites: {release}"),
            None => line.to_owned(),
        });
        return Ok(lines.map(|line| line + "\n").collect());
    }
    let text =
        fs::read_to_string(OLD).map_err(|error| format!("neither {NEW} nor {OLD}: {error}"))?;
    let mut words =
        text.lines().filter(|line| line.starts_with("deb ")).flat_map(str::split_whitespace);
    let address = words.find(|word| word.contains("://"));
    let address = address.ok_or_else(|| format!("{OLD} names no place of packages"))?;
    Ok(format!("Types: deb\nURIs: {address}\nSuites: {release}\nComponents: main\n"))
}
