//! Identifiers: UUIDv7, with a separate type for each noun. Pure.

/// Declares identifier types over UUID.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "string", "format": "uuid"})
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// A person with an account.
    UserId,
    /// A session: the refresh tokens of one login on one device.
    SessionId,
    /// An event of an account.
    AccountEventId,
    /// A request to reset a password.
    ResetRequestId,
    /// A ticket.
    TicketId,
    /// An upload.
    AttachmentId,
    /// A message or an internal note on a ticket.
    MessageId,
    /// A ticket event: an entry of a ticket's history.
    EventId,
    /// A notification: one (event, person, channel).
    NotificationId,
    /// A digest: notifications of one person on one channel, told in one message.
    DigestId,
    /// A device of a person that gets push messages.
    PushSubscriptionId,
    /// An outgoing webhook: an address that is told of changes.
    WebhookId,
    /// One event for one webhook.
    WebhookDeliveryId,
}
