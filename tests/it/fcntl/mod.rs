//! `mman::fcntl`: what each call does, and the exact code of each failure.

mod cache;
mod seals;
mod space;
