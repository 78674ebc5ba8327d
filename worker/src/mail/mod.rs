//! Mails: rendering, composing and sending.

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
