//! `man!`: links to the manual pages of the systems.

/// Links to a page of the manual on the systems named, or on all of them.
macro_rules! man {
    ($page:ident($section:literal)) => {
        concat!("Manual: ",
            man!(linux $page $section), ", ", man!(freebsd $page $section), ", ",
            man!(netbsd $page $section), ", ", man!(openbsd $page $section), ", ",
            man!(dragonfly $page $section), ", ", man!(apple $page $section), ".")
    };
    ($page:ident($section:literal) on $first:ident $($os:ident)*) => {
        concat!("Manual: ", man!($first $page $section), $(", ", man!($os $page $section),)* ".")
    };
    (linux $page:ident $section:literal) => {
        concat!("[Linux](https://man7.org/linux/man-pages/man", $section, "/",
            stringify!($page), ".", $section, ".html)")
    };
    (freebsd $page:ident $section:literal) => {
        concat!("[FreeBSD](https://man.freebsd.org/cgi/man.cgi?query=",
            stringify!($page), "&sektion=", $section, ")")
    };
    (netbsd $page:ident $section:literal) => {
        concat!("[NetBSD](https://man.netbsd.org/", stringify!($page), ".", $section, ")")
    };
    (openbsd $page:ident $section:literal) => {
        concat!("[OpenBSD](https://man.openbsd.org/", stringify!($page), ".", $section, ")")
    };
    (dragonfly $page:ident $section:literal) => {
        concat!("[DragonFly](https://man.dragonflybsd.org/?command=",
            stringify!($page), "&section=", $section, ")")
    };
    (apple $page:ident $section:literal) => {
        concat!("[macOS](https://keith.github.io/xcode-man-pages/",
            stringify!($page), ".", $section, ".html)")
    };
}
