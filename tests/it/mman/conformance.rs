//! The assertions of conformance suites, and our tests of them: `docs/conformance.md`.
