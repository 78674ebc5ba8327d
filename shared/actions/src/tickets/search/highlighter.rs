//! Quotes are made off the threads that answer requests, by as many at a time as half of the processors can
//! do: however much is searched for, the others are answered meanwhile.

use crate::error::ActionError;
use domain::ids::TicketId;
use domain::tickets::search::{Highlight, Quotable, Search, Steps, quotes::quotes};
use std::{collections::HashMap, num::NonZeroUsize, sync::Arc};
use tokio::sync::Semaphore;

/// Makes quotes. One for each process: its limit is the process's.
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
    /// Where in these texts something stands that was searched for. The permit travels with the work: a
    /// caller who goes away frees no place that is still taken.
    ///
    /// # Errors
    /// The work ended before its time, which is a mistake of ours.
    pub async fn highlights(
        &self,
        search: Search,
        texts: Vec<Quotable>,
    ) -> Result<HashMap<TicketId, Vec<Highlight>>, ActionError> {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| ActionError::Internal("quotes are not made any more"))?;
        tokio::task::spawn_blocking(move || {
            let made = quotes(&search, &texts, &mut Steps::of_a_page());
            drop(permit);
            made
        })
        .await
        .map_err(|_| ActionError::Internal("quotes were not made to the end"))
    }
}
