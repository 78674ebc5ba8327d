//! Rosters: the agents with free capacity, read before anything is locked. A whole queue needs all of them. One
//! ticket needs only the first, where the database can order the agents as the strategy does.

use crate::agents::store;
use domain::{
    assignment::{Extent, Roster, Strategy, WorkloadRule},
    people::Department,
};
use sqlx::PgConnection;

/// The number of agents that are read for one ticket.
const FIRST_ROWS: i64 = 64;

/// All available agents of these desks who have free capacity.
///
/// # Errors
/// The database failed.
pub(crate) async fn everybody(
    db: &mut PgConnection,
    desks: &[Department],
    load: WorkloadRule,
) -> sqlx::Result<Roster> {
    let agents = store::candidates(&mut *db, desks, load).await?;
    let latest = store::latest_turn(&mut *db).await?;
    Ok(Roster::new(agents, latest, Extent::Everybody))
}

/// The first of them in the order of the strategy; all of them where the database does not know that order.
///
/// # Errors
/// The database failed.
pub(crate) async fn first_rows(
    db: &mut PgConnection,
    desks: &[Department],
    strategy: Strategy,
    load: WorkloadRule,
) -> sqlx::Result<Roster> {
    let first = match strategy {
        Strategy::LoadBalanced => store::least_loaded(&mut *db, desks, load, FIRST_ROWS).await?,
        Strategy::RoundRobin => store::first_in_turn(&mut *db, desks, load, FIRST_ROWS).await?,
        // The database cannot order agents by the skills that a ticket needs.
        Strategy::Skills | Strategy::Manual => return everybody(db, desks, load).await,
    };
    let are_all = i64::try_from(first.len()).is_ok_and(|read| read < FIRST_ROWS);
    let extent = if are_all {
        Extent::Everybody
    } else {
        Extent::Prefix
    };
    let latest = store::latest_turn(&mut *db).await?;
    Ok(Roster::new(first, latest, extent))
}
