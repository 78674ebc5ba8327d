//! Quotes of search results are computed on threads that may block, at most one for every two processors, so
//! that searches leave processor time for other requests.

use crate::error::ActionError;
use domain::ids::TicketId;
use domain::tickets::search::{Highlight, Quotable, Search, Steps, quotes::quotes};
use std::{collections::HashMap, num::NonZeroUsize, sync::Arc};
use tokio::sync::Semaphore;

/// Computes quotes. A process has one instance, since its limit is that of the process.
#[derive(Debug)]
pub struct Highlighter {
    permits: Arc<Semaphore>,
}

impl Default for Highlighter {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self {
            permits: Arc::new(Semaphore::new((processors / 2).max(1))),
        }
    }
}

impl Highlighter {
    /// The places in these texts that match the search. The permit moves into the thread: a caller who goes
    /// away frees no permit whose work still runs.
    ///
    /// # Errors
    /// [`ActionError::Internal`] when the work panicked or the process stops.
    pub async fn highlights(
        &self,
        search: Search,
        texts: Vec<Quotable>,
    ) -> Result<HashMap<TicketId, Vec<Highlight>>, ActionError> {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| ActionError::Internal("quotes are no longer computed"))?;
        tokio::task::spawn_blocking(move || {
            let made = quotes(&search, &texts, &mut Steps::of_a_page());
            drop(permit);
            made
        })
        .await
        .map_err(|_| ActionError::Internal("the computation of quotes was aborted"))
    }
}
