//! The register of x86 that holds a thread's rights: two bits for each of 16 keys.

use core::{
    arch::asm,
    sync::atomic::{AtomicU8, Ordering::Relaxed},
};

#[cfg(target_arch = "x86")]
use core::arch::x86::__cpuid_count;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::__cpuid_count;

use super::{Pkey, PkeyAccess};
use crate::{Result, errno::Errno};

const ACCESS: u32 = PkeyAccess::PKEY_DISABLE_ACCESS.union(PkeyAccess::PKEY_DISABLE_WRITE).bits();

#[doc = on!(linux("x86", "x86_64"), android("x86", "x86_64"))]
/// Tells what the calling thread may not do with the pages of a key. No system call is made.
///
/// # Errors
///
/// - `EINVAL`: no such key.
/// - `ENOSYS`: the CPU has no keys, or the kernel has not turned them on.
///
/// # Platforms
///
/// Linux 4.9 and Android on x86-64, and programs of 32 bits there.
///
#[doc = man!(pkeys(7) on linux)]
#[doc(alias = "rdpkru")]
pub fn pkey_get(key: Pkey) -> Result<PkeyAccess> {
    let register = Register::find()?;
    let shift = shift(key)?;
    Ok(PkeyAccess::from_bits_retain((register.read() >> shift) & ACCESS))
}

#[doc = on!(linux("x86", "x86_64"), android("x86", "x86_64"))]
/// Sets what the calling thread may not do with the pages of a key. No system call is made.
///
/// A signal handler starts with the rights that a new process has, and its changes end with it.
///
/// # Errors
///
/// - `EINVAL`: no such key, or rights that the CPU does not know.
/// - `ENOSYS`: the CPU has no keys, or the kernel has not turned them on.
///
/// # Safety
///
/// - This thread uses no reference to pages of the key for an access that is taken away. With
///   [`Pkey::DEFAULT`] that is nearly all there is, its own stack included.
///
/// # Platforms
///
/// Linux 4.9 and Android on x86-64, and programs of 32 bits there.
///
#[doc = man!(pkeys(7) on linux)]
#[doc(alias = "wrpkru")]
pub unsafe fn pkey_set(key: Pkey, access: PkeyAccess) -> Result<()> {
    let register = Register::find()?;
    let shift = shift(key)?;
    if access.bits() & !ACCESS != 0 {
        return Err(Errno::EINVAL);
    }
    let rights = (register.read() & !(ACCESS << shift)) | (access.bits() << shift);
    // SAFETY: the rights of other keys stay as they are, and for this one the caller promises it.
    unsafe { register.write(rights) };
    Ok(())
}

/// Where the key's bits are in the register.
fn shift(key: Pkey) -> Result<u32> {
    match key.as_raw() {
        number @ 0..16 => Ok(number as u32 * 2),
        _ => Err(Errno::EINVAL),
    }
}

/// The register of this thread: a value of this type proves that it is there.
struct Register(());

impl Register {
    /// Asks whether the CPU has it and the kernel has turned it on (`OSPKE`).
    fn find() -> Result<Self> {
        const UNKNOWN: u8 = 0;
        const NO: u8 = 1;
        const YES: u8 = 2;
        // The question is slow in a virtual machine, and the answer does not change.
        static ANSWER: AtomicU8 = AtomicU8::new(UNKNOWN);
        let mut answer = ANSWER.load(Relaxed);
        if answer == UNKNOWN {
            let [highest, _] = cpuid(0);
            let [_, features] = cpuid(7.min(highest));
            let has = highest >= 7 && features & (1 << 4) != 0;
            answer = if has { YES } else { NO };
            ANSWER.store(answer, Relaxed);
        }
        if answer == YES { Ok(Self(())) } else { Err(Errno::ENOSYS) }
    }

    fn read(&self) -> u32 {
        let rights;
        // SAFETY: the register is there, as `self` proves, and reading it changes nothing.
        unsafe {
            asm!(
                "rdpkru",
                out("eax") rights, in("ecx") 0, out("edx") _,
                options(nomem, nostack, preserves_flags),
            );
        }
        rights
    }

    /// Accesses to memory before and after it stay there: it is not `nomem`.
    ///
    /// # Safety
    ///
    /// - This thread uses no reference to pages for an access that is taken away.
    unsafe fn write(&self, rights: u32) {
        // SAFETY: the register is there, as `self` proves; the caller's promise is about what
        // changes.
        unsafe {
            asm!(
                "wrpkru",
                in("eax") rights, in("ecx") 0, in("edx") 0,
                options(nostack, preserves_flags),
            );
        }
    }
}

/// `eax` and `ecx` of a leaf.
fn cpuid(leaf: u32) -> [u32; 2] {
    #[allow(unused_unsafe, reason = "safe in newer versions of Rust")]
    // SAFETY: every CPU that Rust's standard library runs on has this instruction.
    let answer = unsafe { __cpuid_count(leaf, 0) };
    [answer.eax, answer.ecx]
}
