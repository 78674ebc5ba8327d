//! How many sockets an address may have at a time. They are counted from their first request on, before anybody logs
//! in: a connection that never does costs a file and some memory for a while.

use super::unshared::unshare;
use crate::{StopSignal, UntilClosed, client::ClientAddress, error::Problem, state::ApiState};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{
    collections::HashMap,
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The sockets of each address in this process. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seats(Arc<Mutex<HashMap<IpAddr, u32>>>);

/// The place of one socket; dropping it makes it free.
#[derive(Debug)]
struct Seat {
    seats: Seats,
    address: IpAddr,
}

impl Seats {
    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for another socket of an address; `None` if it has as many as it may have.
    fn take(&self, address: IpAddr, limit: NonZeroU32) -> Option<Seat> {
        let mut taken = self.lock();
        let count = taken.entry(address).or_default();
        if *count >= limit.get() {
            return None;
        }
        *count += 1;
        drop(taken);
        Some(Seat {
            seats: self.clone(),
            address,
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.lock();
        if let Some(count) = taken.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                taken.remove(&self.address);
            }
        }
    }
}

/// Counts a request that becomes a socket, until its connection is closed; one too many gets 429.
///
/// The signal of a stop is taken out: a socket keeps its request for as long as its heartbeat runs, and with the signal
/// it would delay the stop by that.
pub(crate) async fn seated(
    State((api, seats)): State<(ApiState, Seats)>,
    mut request: Request,
    next: Next,
) -> Response {
    if !request.uri().path().starts_with("/socket.io") {
        return next.run(request).await;
    }
    request.extensions_mut().remove::<StopSignal>();
    unshare(&mut request);
    let http = &api.cx.config.http;
    let Some(limit) = http.sockets_per_address else {
        return next.run(request).await;
    };
    let address = ClientAddress::of(http, request.extensions(), request.headers()).group();
    let Some(seat) = seats.take(address, limit) else {
        return too_many(limit).into_response();
    };
    // Taken out, so that the socket does not keep it.
    let until_closed = request.extensions_mut().remove::<UntilClosed>();
    let response = next.run(request).await;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS
        && let Some(until_closed) = until_closed
    {
        until_closed.keep(seat);
    }
    response
}

fn too_many(limit: NonZeroU32) -> Problem {
    let detail = format!(
        "This address has {limit} connections to the events already: close one of them, or wait until it has ended."
    );
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_connections",
        detail,
    )
    .with_retry_after(30)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_limited_number_of_places_and_gets_them_back() {
        let (seats, limit) = (Seats::default(), NonZeroU32::new(2).unwrap());
        let one = IpAddr::from([192, 0, 2, 1]);
        let other = IpAddr::from([192, 0, 2, 2]);
        let first = seats.take(one, limit).unwrap();
        let _second = seats.take(one, limit).unwrap();
        assert!(seats.take(one, limit).is_none());
        let third = seats.take(other, limit).unwrap();
        drop(first);
        assert!(seats.take(one, limit).is_some());
        drop(third);
        assert!(!seats.lock().contains_key(&other), "nothing remains of it");
    }
}
