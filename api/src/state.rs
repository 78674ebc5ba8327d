//! The state of the API: everything that handlers need.

use crate::{
    issuer::Issuer, limits::Limits, live::Live, readiness::Announced, reference::Reference,
    shared_counts::SharedCounts, throttle::Throttle, token::Tokens, uploads::Uploads,
};
use actions::{people::Passwords, standing::Recent, tickets::search::Highlighter};
use axum::extract::FromRef;
use platform::{context::Context, files::Files};
use std::{ops::Deref, sync::Arc};

/// The state of the API. Cheap to clone: every layer and every handler does, for each request.
#[derive(Clone)]
pub struct ApiState(Arc<Parts>);

/// The parts of the state.
pub struct Parts {
    /// Database, clock, ids and configuration.
    pub cx: Context,
    /// Hashes and verifies passwords, a bounded number at a time.
    pub passwords: Arc<Passwords>,
    /// Issues and verifies access tokens.
    pub tokens: Arc<Tokens>,
    /// Verifies the access tokens of the external issuer, if one is configured.
    pub issuer: Option<Arc<Issuer>>,
    /// Counts wrong passwords.
    pub throttle: Arc<Throttle>,
    /// The bytes of uploads.
    pub files: Arc<Files>,
    /// The uploads that are being received.
    pub uploads: Arc<Uploads>,
    /// Quotes the places that a search found.
    pub highlighter: Arc<Highlighter>,
    /// Counts calls against the rate limits.
    pub limits: Arc<Limits>,
    /// The recent figures of the system, for the metrics.
    pub standing: Arc<Recent>,
    /// The readiness that the log has last.
    pub announced: Arc<Announced>,
    /// The events of the feed, and who follows them.
    pub(crate) live: Arc<Live>,
    /// The OpenAPI document.
    pub reference: Arc<Reference>,
}

impl ApiState {
    /// The state for a context.
    #[must_use]
    pub fn new(cx: Context, reference: Reference, announced: Arc<Announced>) -> Self {
        let counts = SharedCounts::new(cx.redis.clone(), &cx.config.redis);
        Self(Arc::new(Parts {
            passwords: Arc::new(Passwords::new(cx.config.auth.hash_cost)),
            tokens: Arc::new(Tokens::new(&cx.config.auth)),
            issuer: cx
                .config
                .auth
                .outside
                .clone()
                .map(Issuer::new)
                .map(Arc::new),
            throttle: Arc::new(Throttle::new(cx.clone(), counts.clone())),
            reference: Arc::new(reference),
            files: Arc::new(Files::new(&cx.config.attachments)),
            uploads: Arc::default(),
            standing: Arc::default(),
            announced,
            live: Live::new(cx.clone()),
            highlighter: Arc::default(),
            limits: Arc::new(Limits::new(cx.config.http.rate_limits, counts)),
            cx,
        }))
    }
}

impl Deref for ApiState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<ApiState> for Context {
    fn from_ref(api: &ApiState) -> Self {
        api.cx.clone()
    }
}

impl FromRef<ApiState> for Arc<Recent> {
    fn from_ref(api: &ApiState) -> Self {
        Self::clone(&api.standing)
    }
}

impl FromRef<ApiState> for Arc<Announced> {
    fn from_ref(api: &ApiState) -> Self {
        Self::clone(&api.announced)
    }
}
