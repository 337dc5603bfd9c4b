//! What is true of a value at any time.

use super::Value;

impl Value {
    pub(super) fn check(&self) {
        match self {
            Self::Anon(memory, model) => model.check(memory),
            Self::ReadOnly(memory, model) => model.check(memory),
            Self::Exec(memory, model) => model.check(memory),
            Self::Sealed(sealed, model) => model.check(sealed),
            Self::Shared(object) => object.check(),
            Self::Appender(appender, model) => model.check(appender),
            Self::Appended(reader, seen) => assert!(reader.starts_with(seen)),
            Self::Contents(contents) => {
                let mut last = [0];
                if let Some(at) = contents.len().checked_sub(1) {
                    super::tell(contents.read_at(at, &mut last));
                }
            }
            Self::Read(..)
            | Self::Write(..)
            | Self::Copy(..)
            | Self::Run(..)
            | Self::Writer(..)
            | Self::Unlink(_) => {}
        }
    }
}
