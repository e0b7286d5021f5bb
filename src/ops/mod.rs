//! Use cases, one per file: the domain and the store, never a provider.

mod task;

pub use task::Task;
