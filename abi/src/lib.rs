//! Proof of the constants.

#![no_std]
