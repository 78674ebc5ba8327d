//! Writes text messages as files, for development. The same message always has the same name: sent again, it replaces
//! its file.

use super::{Outgoing, Provider, SmsError};
use crate::mail::Files;
use actions::notifications::sms::Receipt;
use domain::sms::Segments;
use futures_util::{FutureExt, future::BoxFuture};
use std::path::PathBuf;

#[derive(Debug)]
pub(super) struct Folder(Files);

impl Folder {
    /// A folder, which is created at the first message.
    pub fn new(folder: PathBuf) -> Self {
        Self(Files::new(folder))
    }

    async fn write(&self, message: &Outgoing<'_>) -> Result<Receipt, SmsError> {
        let segments = Segments::of(message.text);
        let text = format!(
            "To: {}\nSegments: {}\nEncoding: {}\n\n{}\n",
            message.to.as_str(),
            segments.count,
            segments.encoding,
            message.text
        );
        let at = message.at.format("%Y%m%dT%H%M%SZ");
        let name = format!("{at}-{}-{}.txt", message.name, message.id);
        self.0
            .put(name, text.into_bytes())
            .await
            .map_err(SmsError::File)?;
        Ok(Receipt { provider_id: None })
    }
}

impl Provider for Folder {
    fn send<'p>(&'p self, message: &'p Outgoing<'p>) -> BoxFuture<'p, Result<Receipt, SmsError>> {
        self.write(message).boxed()
    }
}
