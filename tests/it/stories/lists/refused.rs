//! Queries of lists that are refused.

use crate::harness::{App, TICKETS};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use std::collections::BTreeSet;

#[tokio::test]
async fn every_value_of_a_query_that_cannot_be_read_is_named_at_once() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let query = "status=open,asleep&priority=HIGH&category=x&department=x&assignedTo=x&customer=x\
                 &createdFrom=yesterday&createdTo=x&updatedFrom=x&sla=x&sort=size&page=0&limit=101\
                 &cursor=x";
    let refused = amina.get(&format!("{TICKETS}?{query}")).await;
    assert_eq!(refused.refused(400), "invalid_query");
    let named: BTreeSet<_> = (refused.body["errors"].as_array().unwrap().iter())
        .map(|field_error| field_error["field"].as_str().unwrap())
        .collect();
    let expected = [
        "status",
        "priority",
        "category",
        "department",
        "assignedTo",
        "customer",
        "createdFrom",
        "createdTo",
        "updatedFrom",
        "sla",
        "sort",
        "page",
        "limit",
        "cursor",
    ];
    assert_eq!(named, expected.into_iter().collect());
    for wrong in [
        "page=-1",
        "page=x",
        "limit=0",
        "page=99999999999999999999",
        "tag=%00",
    ] {
        assert_eq!(
            amina.get(&format!("{TICKETS}?{wrong}")).await.status,
            400,
            "{wrong}"
        );
    }
    // A cursor of another order is none of this one.
    for _ in 0..2 {
        amina.asks("general", "low").await;
    }
    let answer = amina.get(&format!("{TICKETS}?limit=1")).await;
    let cursor = answer.ok()["pagination"]["nextCursor"]
        .as_str()
        .unwrap()
        .to_owned();
    let other = format!("{TICKETS}?limit=1&sort=priority&cursor={cursor}");
    assert_eq!(amina.get(&other).await.refused(400), "invalid_query");
}

#[tokio::test]
async fn days_and_places_that_no_database_has_are_refused() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    for query in [
        "createdFrom=-262143-01-01",
        "createdTo=%2B262142-12-31",
        "createdFrom=-5000-01-01",
        "updatedFrom=2025-1-1",
        "createdTo=99999-01-01",
    ] {
        let refused = amina.get(&format!("{TICKETS}?{query}")).await;
        assert_eq!(refused.refused(400), "invalid_query", "{query}");
        assert_eq!(refused.body["errors"][0]["code"], "not_a_time", "{query}");
    }
    // Of the right kind, and nothing that we ever made.
    let ticket = "01999999-0000-7000-8000-000000000000";
    for (sort, value) in [
        ("createdAt", "-20000-01-01 00:00:00+00"),
        ("createdAt", "+262000-01-01 00:00:00+00"),
        ("createdAt", "2025-10-01 08:00:00+23:59"),
        ("createdAt", "0000-01-01 00:00:00+00"),
        ("createdAt", " 2025-10-01 08:00:00+00"),
        ("priority", "+3"),
    ] {
        let cursor = URL_SAFE_NO_PAD.encode(format!("{sort}~{value}~{ticket}"));
        let refused = amina
            .get(&format!("{TICKETS}?sort={sort}&cursor={cursor}"))
            .await;
        assert_eq!(refused.refused(400), "invalid_query", "{value}");
        assert_eq!(refused.body["errors"][0]["code"], "bad_cursor", "{value}");
    }
    let eve = app.admin("Eve").await;
    for query in ["startDate=-5000-01-01", "endDate=-9999-01-01"] {
        let refused = eve.get(&format!("/api/v1/support/stats?{query}")).await;
        assert_eq!(refused.refused(400), "invalid_query", "{query}");
    }
}
