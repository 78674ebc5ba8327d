//! Lists of tickets and the dashboard. The filters themselves are parsed in [`domain::tickets::list`].

mod store;

pub use store::{COUNTED, Dashboard, Page, Suggestion, dashboard, page, suggestions};
