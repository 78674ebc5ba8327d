//! One message to one app, through Firebase Cloud Messaging (HTTP v1).

mod account;
mod answer;
mod token;

pub use account::FcmSetupError;

use super::{Called, Message, web};
use account::Account;
use actions::push::PushAnswer;
use answer::Answer;
use chrono::{DateTime, Utc};
use platform::{
    config::Fcm as Settings,
    outbound::{Allowed, Destination, Outbound},
};
use token::{Token, Tokens};
use url::Url;

/// Firebase Cloud Messaging.
#[derive(Debug)]
pub struct Fcm {
    outbound: Outbound,
    to: Destination,
    tokens: Tokens,
}

impl Fcm {
    /// The service as configured. Nothing is connected yet.
    ///
    /// # Errors
    /// The key file cannot be read, or an address cannot be called.
    pub fn new(settings: &Settings) -> Result<Self, FcmSetupError> {
        let account = Account::read(&settings.account_file)?;
        let url = format!(
            "{}/v1/projects/{}/messages:send",
            settings.url, account.project
        );
        // The operator chose both addresses, so that they may be anywhere. The limits of the client hold all the same.
        let networks = ["0.0.0.0/0", "::/0"]
            .iter()
            .filter_map(|all| all.parse().ok());
        let allowed = Allowed {
            names: [&url, &account.token_url]
                .into_iter()
                .filter_map(|url| host(url))
                .collect(),
            networks: networks.collect(),
        };
        let outbound = Outbound::new(allowed);
        let to = outbound.destination(&url).map_err(FcmSetupError::Url)?;
        let tokens = Tokens::new(outbound.clone(), account)?;
        Ok(Self {
            outbound,
            to,
            tokens,
        })
    }

    /// Scheme, host and port of the service.
    pub fn origin(&self) -> String {
        self.to.origin()
    }

    /// Sends a message to an app. A token of ours that was refused is renewed once.
    pub async fn send(&self, token: &str, message: &Message, now: DateTime<Utc>) -> Called {
        let body = message.for_app(token).to_string();
        let first = match self.attempt(&body, now).await {
            Ok((Answer::OurToken(_), used)) => used,
            Ok((answer, _)) => return answer.into(),
            Err(called) => return called,
        };
        self.tokens.forget(&first).await;
        match self.attempt(&body, now).await {
            Ok((answer, _)) => answer.into(),
            Err(called) => called,
        }
    }

    async fn attempt(&self, body: &str, now: DateTime<Utc>) -> Result<(Answer, Token), Called> {
        let token = self.tokens.current(now).await?;
        let headers = [
            ("authorization", format!("Bearer {}", token.text())),
            ("content-type", "application/json".to_owned()),
        ];
        let reply = self
            .outbound
            .post(&self.to, &headers, body.to_owned())
            .await;
        let reply = reply.map_err(|error| web::failed(&error))?;
        Ok((answer::read(&reply, now), token))
    }
}

fn host(url: &str) -> Option<String> {
    let url: Url = url.parse().ok()?;
    url.host_str().map(str::to_owned)
}

impl From<Answer> for Called {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Accepted => Self::counting(PushAnswer::Accepted),
            Answer::Gone => Self::counting(PushAnswer::Gone),
            Answer::Unfit(because) => Self::counting(PushAnswer::Unfit(because)),
            Answer::OurToken(because) | Answer::Refused(because) => {
                let pause = None;
                Self::counting(PushAnswer::Refused { because, pause })
            }
            Answer::SlowDown(because, pause) => {
                Self::sparing(PushAnswer::Refused { because, pause })
            }
            Answer::Down(because, pause) => Self::sparing(PushAnswer::Down { because, pause }),
            Answer::Senseless(because) => {
                let pause = None;
                Self::counting(PushAnswer::Down { because, pause })
            }
        }
    }
}
