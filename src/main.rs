//! Guardia.
fn main() {}
