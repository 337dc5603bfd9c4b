//! The project's own commands: `cargo xtask`.

mod instructions;

fn main() -> Result<(), String> {
    instructions::run()
}
