//! Reading who has room, before anything is locked: everybody for a whole queue, the first few for
//! one ticket where the database can tell who they are.

use crate::assignment::queue::UnassignedQueue;
use crate::assignment::store;
use domain::{
    assignment::{Extent, Roster, Strategy, WorkloadRule},
    people::Department,
};
use sqlx::PgConnection;

/// So many are read where the first are as good as all.
const A_FEW: i64 = 64;

/// Everybody at these desks who has room.
///
/// # Errors
/// The database failed.
pub(super) async fn everybody(
    db: &mut PgConnection,
    desks: &[Department],
    load: WorkloadRule,
) -> sqlx::Result<Roster> {
    let there = store::candidates(&mut *db, desks, load).await?;
    let latest = store::latest_turn(&mut *db).await?;
    Ok(Roster::new(there, latest, Extent::Everybody))
}

/// Those among whom the agent of one ticket is looked for first.
///
/// # Errors
/// The database failed.
pub(super) async fn for_one_ticket(
    db: &mut PgConnection,
    queue: &UnassignedQueue,
    strategy: Strategy,
    load: WorkloadRule,
) -> sqlx::Result<Roster> {
    let first = match strategy {
        Strategy::LoadBalanced => store::least_loaded(&mut *db, &queue.desks, load, A_FEW).await?,
        Strategy::RoundRobin => store::first_in_turn(&mut *db, &queue.desks, load, A_FEW).await?,
        // What a ticket needs is no order that the database knows.
        Strategy::Skills | Strategy::Manual => return everybody(db, &queue.desks, load).await,
    };
    let are_all = i64::try_from(first.len()).is_ok_and(|read| read < A_FEW);
    let extent = if are_all {
        Extent::Everybody
    } else {
        Extent::Prefix
    };
    let latest = store::latest_turn(&mut *db).await?;
    Ok(Roster::new(first, latest, extent))
}
