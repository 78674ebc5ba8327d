//! Mails: rendering, composing and sending.

mod account_view;
mod digest_view;
mod dkim;
mod error;
mod files;
mod local_time;
mod mailer;
mod message;
mod render;
mod server;
mod smtp;
mod templates;
mod ticket_view;
mod view;

pub use dkim::Signature;
pub use error::{MailError, MailSetupError, Verdict};
pub(crate) use files::Files;
pub use mailer::{MailMeta, Mailer, SmtpTimeouts};
pub use message::{Composer, Sender, TextEncoding};
pub use render::{Rendered, Renderer};
pub use templates::Language;
pub(crate) use templates::title;
pub use view::{Links, View};
pub(crate) use view::{one_line, shortened};
