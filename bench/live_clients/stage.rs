//! The people and tickets of `bench/live.sql`, by their numbers.

use crate::http::Http;
use anyhow::{Context as _, Result};
use api::token::{Bearer, Tokens};
use domain::{
    ids::{SessionId, UserId},
    people::Role,
};
use platform::{
    clock::{Clock, SystemClock},
    config::{Config, Settings},
};
use serde_json::json;
use std::net::SocketAddr;
use uuid::Uuid;

/// Agents: the first people.
pub const AGENTS: u32 = 100;

/// A system that was filled by `bench/live.sql`.
pub struct Stage {
    /// Its settings.
    pub config: Config,
    /// Where its API listens.
    pub at: SocketAddr,
    tokens: Tokens,
}

impl Stage {
    /// With the API at that address.
    pub fn at(at: &str) -> Result<Self> {
        let settings = Settings::load(|name| std::env::var(name).ok())?;
        let config = Config::read(&settings)?;
        Ok(Self {
            tokens: Tokens::new(&config.auth),
            at: at.parse().context("the address of the API")?,
            config,
        })
    }

    /// A token of a person.
    pub fn token(&self, person: u32) -> Result<String> {
        let role = if person <= AGENTS {
            Role::Support
        } else {
            Role::Customer
        };
        let id = person_id(person);
        let bearer = Bearer {
            user: UserId(id),
            role,
            session: SessionId(id),
        };
        Ok(self.tokens.issue(bearer, id, SystemClock.now())?)
    }

    /// The customer of a ticket writes a message on it.
    pub async fn writes(&self, http: &mut Http, ticket: u32, text: &str) -> Result<()> {
        let path = format!("/api/v1/support/tickets/{}/messages", ticket_id(ticket));
        let body = json!({"message": text}).to_string();
        http.post(&path, &self.token(customer_of(ticket))?, &body)
            .await
    }
}

/// The number of the customer of a ticket.
pub const fn customer_of(ticket: u32) -> u32 {
    AGENTS + ticket
}

/// The id of a person.
pub fn person_id(number: u32) -> Uuid {
    Uuid::from_u128(0x7000_8000_0000_0000_0000 + u128::from(number))
}

/// The id of a ticket.
pub fn ticket_id(number: u32) -> Uuid {
    Uuid::from_u128(0x7001_8000_0000_0000_0000 + u128::from(number))
}
