//! What operators see: health, metrics, logs, traces, deployment files, backups.

mod backlog;
mod backup;
mod deploy;
mod health;
mod health_command;
mod hung_up;
mod idle;
mod logs;
mod metrics;
mod traces;
mod unwritable_redis;
