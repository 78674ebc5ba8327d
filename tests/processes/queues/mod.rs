//! Queues: how jobs are handed out, what holds them back, and what they survive.

mod circuit;
mod conformance;
mod handing_out;
mod limits;
mod poison;
mod together;
