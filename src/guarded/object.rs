//! How a block of assembly is written down in the two formats of object files.
//!
//! The symbols of the block are hidden: they are seen inside one program or library, not between
//! two. Each name holds a hash of the block, so different versions of this crate can be linked
//! into one program; copies of the same version have the same code, and in ELF, where the symbols
//! are weak, the linker takes the first for both.
//!
//! In Mach-O a symbol starts a piece that the linker may move or drop by itself, unless it is
//! an alternative entry of the piece before. All symbols but the first are such entries, so what
//! lies between two of them is what was written between them.
//!
//! No instruction of the block moves the stack pointer, so one description for unwinding, that of
//! a function's first instruction, is right for all of it.

/// The symbol of this name.
macro_rules! symbol {
    ($name:literal) => {
        concat!("mman_guarded_{id}_", $name)
    };
}

/// Opens the block, with the symbol `begin`.
#[cfg(not(target_vendor = "apple"))]
macro_rules! begin {
    () => {
        concat!(
            ".pushsection .text.mman_guarded,\"ax\",%progbits\n.p2align 6\n",
            label!("begin"),
            "\n.cfi_startproc"
        )
    };
}

/// Puts a symbol here.
#[cfg(not(target_vendor = "apple"))]
macro_rules! label {
    ($name:literal) => {
        concat!(
            concat!(".weak ", symbol!($name), "\n.hidden ", symbol!($name), "\n"),
            concat!(".type ", symbol!($name), ",%function\n", symbol!($name), ":")
        )
    };
}

/// Opens the block, with the symbol `begin`.
#[cfg(target_vendor = "apple")]
macro_rules! begin {
    () => {
        concat!(
            ".pushsection __TEXT,__text,regular,pure_instructions\n.p2align 6\n",
            concat!(".globl ", symbol!("begin"), "\n.private_extern ", symbol!("begin"), "\n"),
            symbol!("begin"),
            ":\n.cfi_startproc"
        )
    };
}

/// Puts a symbol here.
#[cfg(target_vendor = "apple")]
macro_rules! label {
    ($name:literal) => {
        concat!(
            concat!(".globl ", symbol!($name), "\n.private_extern ", symbol!($name), "\n"),
            concat!(".alt_entry ", symbol!($name), "\n", symbol!($name), ":")
        )
    };
}

/// Closes the block.
macro_rules! end {
    () => {
        ".cfi_endproc\n.popsection"
    };
}

/// Assembles these lines as one block, and defines `ID`, which `symbol!` needs as `id`.
macro_rules! assemble {
    ($($line:expr),+ $(,)?) => {
        /// What tells this block from that of another version.
        const ID: u64 = object::hash(concat!(env!("CARGO_PKG_VERSION"), $($line),+));

        core::arch::global_asm!($($line),+, id = const ID);
    };
}

/// FNV-1a.
pub(super) const fn hash(text: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        hash = (hash ^ *byte as u64).wrapping_mul(0x100_0000_01b3);
        rest = tail;
    }
    hash
}
