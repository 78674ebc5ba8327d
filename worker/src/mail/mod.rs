//! Mails: what they say, how they are put together, and how they leave.

mod account_view;
mod error;
mod files;
mod mailer;
mod message;
mod render;
mod server;
mod smtp;
mod templates;
mod view;

pub use account_view::AccountView;
pub use error::{MailError, MailSetupError, Verdict};
pub use mailer::{MailMeta, Mailer, SmtpTimeouts};
pub use message::{Sender, compose, compose_for_account};
pub use render::{Rendered, Renderer};
pub use view::{Links, View};
