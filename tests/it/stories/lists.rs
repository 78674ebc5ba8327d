//! Lists: content, order and pagination.

mod refused;

use crate::harness::{App, Caller, TICKETS, minutes};
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn numbers(who: &Caller, query: &str) -> Vec<u64> {
    let answer = who.get(&format!("{TICKETS}?{query}")).await;
    let tickets = answer.ok()["tickets"].as_array().unwrap();
    tickets.iter().map(number).collect()
}

/// The sequence of a ticket's number.
fn number(ticket: &Value) -> u64 {
    let number = ticket["ticketNumber"].as_str().unwrap();
    number.rsplit('-').next().unwrap().parse().unwrap()
}

/// Walks by cursors from the beginning to the end.
async fn walk(who: &Caller, query: &str) -> Vec<u64> {
    let mut walked = Vec::new();
    let mut cursor = String::new();
    loop {
        let answer = who
            .get(&format!("{TICKETS}?{query}&limit=3&cursor={cursor}"))
            .await;
        let tickets = answer.ok()["tickets"].as_array().unwrap();
        walked.extend(tickets.iter().map(number));
        let pagination = &answer.body["pagination"];
        let Some(next) = pagination["nextCursor"].as_str() else {
            assert_eq!(pagination["hasMore"], false);
            return walked;
        };
        assert_eq!(pagination["hasMore"], true);
        assert_eq!(tickets.len(), 3);
        next.clone_into(&mut cursor);
    }
}

#[tokio::test]
async fn filters_narrow_and_commas_are_alternatives() {
    let app = App::new().await;
    let (amina, zoe) = (app.customer("Amina").await, app.customer("Zoe").await);
    let eve = app.admin("Eve").await;
    let first = amina.asks("payment", "urgent").await;
    app.advance(minutes(60 * 24));
    amina.asks("technical", "low").await;
    app.advance(minutes(1));
    let tagged = json!({"subject": "a", "description": "b", "tags": ["vip", "a,b"]});
    zoe.opens(tagged).await;
    eve.does("assign", &first, json!({})).await.ok();
    let me = eve.id();
    let zoes = zoe.id();
    for (query, expected) in [
        ("", vec![3, 2, 1]),
        ("status=open", vec![3, 2]),
        ("status=open,assigned", vec![3, 2, 1]),
        ("status=closed", vec![]),
        ("priority=urgent,low", vec![2, 1]),
        ("category=technical", vec![2]),
        ("department=billing,general", vec![3, 1]),
        ("assignedTo=me", vec![1]),
        ("assignedTo=none", vec![3, 2]),
        ("assignedTo=none,me", vec![3, 2, 1]),
        (&format!("customer={zoes},{me}"), vec![3]),
        ("tag=nothing,vip", vec![3]),
        ("sla=at_risk,breached", vec![1]),
        ("page=9007199254740991", vec![]),
        (&format!("assignedTo={me}"), vec![1]),
        (&format!("customer={zoes}"), vec![3]),
        ("tag=vip", vec![3]),
        ("tag=a,b", vec![3]),
        ("createdFrom=2025-10-02", vec![3, 2]),
        ("createdTo=2025-10-01", vec![1]),
        (
            "createdFrom=2025-10-01T08:00:00Z&createdTo=2025-10-02",
            vec![3, 2, 1],
        ),
        ("updatedFrom=2025-10-02", vec![3, 2, 1]),
        ("updatedFrom=2025-10-03", vec![]),
        ("status=open&priority=low&category=technical", vec![2]),
    ] {
        assert_eq!(numbers(&eve, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn deadlines_are_a_filter_before_any_sweep_has_come_by() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    amina.asks("general", "urgent").await;
    app.advance(minutes(11));
    amina.asks("general", "urgent").await;
    app.advance(minutes(2));
    assert_eq!(numbers(&eve, "sla=at_risk").await, [1]);
    assert_eq!(numbers(&eve, "sla=breached").await, [0; 0]);
    app.advance(minutes(3));
    assert_eq!(numbers(&eve, "sla=at_risk").await, [0; 0]);
    assert_eq!(numbers(&eve, "sla=breached").await, [1]);
    app.sweep().await;
    assert_eq!(numbers(&eve, "sla=breached").await, [1]);
    app.advance(minutes(8));
    assert_eq!(numbers(&eve, "sla=at_risk").await, [2]);
}

#[tokio::test]
async fn lists_sort_by_each_key_both_ways_and_cursors_walk_them_exactly_once() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    // Several of the same instant, the same priority and the same deadline.
    let mut ids = Vec::new();
    for priority in ["low", "urgent", "medium", "urgent", "high", "low", "medium"] {
        ids.push(amina.asks("general", priority).await);
    }
    app.advance(minutes(1));
    for priority in ["medium", "high", "urgent"] {
        ids.push(amina.asks("general", priority).await);
    }
    eve.sets(&ids[0], "resolved").await.ok();
    eve.sets(&ids[3], "resolved").await.ok();
    let everything: BTreeSet<u64> = (1..=10).collect();
    for key in ["createdAt", "updatedAt", "priority", "slaDue"] {
        let up = walk(&eve, &format!("sort={key}")).await;
        let down = walk(&eve, &format!("sort=-{key}")).await;
        assert_eq!(up.len(), 10, "{key}: {up:?}");
        assert_eq!(
            up.iter().copied().collect::<BTreeSet<_>>(),
            everything,
            "{key}"
        );
        assert_eq!(down, up.iter().rev().copied().collect::<Vec<_>>(), "{key}");
        // Pages tell the same.
        let mut paged = Vec::new();
        for page in 1..=4 {
            paged.extend(numbers(&eve, &format!("sort={key}&limit=3&page={page}")).await);
        }
        assert_eq!(paged, up, "{key}");
    }
    assert_eq!(walk(&eve, "").await, walk(&eve, "sort=-createdAt").await);
    let urgent_first = walk(&eve, "sort=-priority").await;
    assert_eq!(
        urgent_first[..3].iter().collect::<BTreeSet<_>>(),
        [2, 4, 10].iter().collect()
    );
    // Tickets without a running clock come last.
    let due = walk(&eve, "sort=slaDue").await;
    assert_eq!((due[0], due[1]), (2, 10));
    assert_eq!(
        due[8..].iter().collect::<BTreeSet<_>>(),
        [1, 4].iter().collect()
    );
}

#[tokio::test]
async fn a_page_beyond_the_end_is_empty_and_the_total_is_exact() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    for _ in 0..5 {
        amina.asks("general", "low").await;
    }
    let path = |query: &str| format!("{TICKETS}?{query}");
    let answer = amina.get(&path("page=2&limit=2")).await;
    let mut pagination = answer.ok()["pagination"].clone();
    assert!(pagination["nextCursor"].is_string());
    pagination.as_object_mut().unwrap().remove("nextCursor");
    assert_eq!(
        pagination,
        json!({
            "page": 2, "limit": 2, "total": 5, "totalPages": 3, "hasMore": true,
            "totalIsExact": true
        })
    );
    let answer = amina.get(&path("page=9&limit=2")).await;
    assert_eq!(answer.ok()["tickets"], json!([]));
    assert_eq!(
        answer.body["pagination"],
        json!({
            "page": 9, "limit": 2, "total": 5, "totalPages": 3, "hasMore": false,
            "nextCursor": null, "totalIsExact": true
        })
    );
    let answer = amina.get(TICKETS).await;
    assert_eq!(answer.ok()["pagination"]["limit"], 20);
}

#[tokio::test]
async fn no_filter_widens_what_one_may_see() {
    let app = App::new().await;
    let (amina, zoe) = (app.customer("Amina").await, app.customer("Zoe").await);
    let sarah = app.agent("Sarah", "billing").await;
    let kim = app.agent("Kim", "general").await;
    amina.asks("payment", "urgent").await;
    zoe.asks("general", "urgent").await;
    app.settle().await;
    let foreign = format!("customer={}", zoe.id());
    let kims = format!("assignedTo={}", kim.id());
    for query in [&foreign, &kims] {
        let answer = amina.get(&format!("{TICKETS}?{query}")).await;
        assert_eq!(answer.ok()["tickets"], json!([]), "{query}");
        assert_eq!(answer.body["pagination"]["total"], 0);
        let answer = sarah.get(&format!("{TICKETS}?{query}")).await;
        assert_eq!(answer.ok()["pagination"]["total"], 0, "{query}");
    }
    for query in [
        "assignedTo=me",
        "assignedTo=none",
        "status=open,assigned",
        "sort=slaDue",
    ] {
        for one in walk(&amina, query).await {
            assert_eq!(one, 1, "{query}");
        }
        for one in walk(&sarah, query).await {
            assert_eq!(one, 1, "{query}");
        }
    }
}

#[tokio::test]
async fn the_dashboard_has_the_brief_s_lists_of_at_most_fifty_each() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let room = json!({"department": "general", "maxConcurrentTickets": 3});
    let sarah = app.agent_with("Sarah", room).await;
    for _ in 0..52 {
        amina.asks("general", "urgent").await;
    }
    app.settle().await;
    app.advance(minutes(13));
    let answer = sarah.get("/api/v1/support/dashboard").await;
    let dashboard = &answer.ok()["dashboard"];
    let length = |list: &str| dashboard[list].as_array().unwrap().len();
    assert_eq!(length("assignedTickets"), 3);
    assert_eq!(length("unassignedTickets"), 49);
    assert_eq!(length("urgentTickets"), 50);
    assert_eq!(length("atRiskTickets"), 3);
    assert_eq!(dashboard["currentWorkload"], 3);
    assert_eq!(dashboard["performance"]["ticketsResolved"], 0);
}

#[tokio::test]
async fn a_period_includes_both_its_ends_to_the_millisecond_that_answers_show() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    app.advance(chrono::TimeDelta::microseconds(123_456));
    let id = amina.asks("general", "low").await;
    let shown = amina.ticket(&id).await["createdAt"].clone();
    let shown = shown.as_str().unwrap();
    assert_eq!(shown, "2025-10-01T08:00:00.123Z");
    for (query, found) in [
        (format!("createdFrom={shown}"), 1),
        (format!("createdTo={shown}"), 1),
        (format!("createdFrom={shown}&createdTo={shown}"), 1),
        ("createdTo=2025-10-01T08:00:00.1230001Z".to_owned(), 1),
        ("createdTo=2025-10-01T11:00:00.123%2B03:00".to_owned(), 1),
        ("createdTo=2025-10-01T08:00:00.122Z".to_owned(), 0),
        ("createdTo=2025-10-01T08:00:00.122999Z".to_owned(), 0),
        ("createdFrom=2025-10-01T08:00:00.124Z".to_owned(), 0),
        ("createdTo=2025-10-01".to_owned(), 1),
        ("createdTo=2025-09-30".to_owned(), 0),
        ("createdFrom=2025-10-01".to_owned(), 1),
        ("createdFrom=2025-10-02".to_owned(), 0),
        (format!("updatedFrom={shown}"), 1),
    ] {
        let list = amina.get(&format!("{TICKETS}?{query}")).await;
        assert_eq!(list.ok()["pagination"]["total"], found, "{query}");
    }
}

#[tokio::test]
async fn a_part_that_a_cursor_led_to_has_no_page() {
    let app = App::new().await;
    let (amina, eve) = (app.customer("Amina").await, app.admin("Eve").await);
    for _ in 0..3 {
        amina.asks("general", "low").await;
    }
    for (who, list) in [(&amina, TICKETS), (&eve, "/api/v1/admin/users")] {
        let first = who.get(&format!("{list}?limit=1")).await.ok()["pagination"].clone();
        assert_eq!(first["page"], 1);
        let cursor = first["nextCursor"].as_str().unwrap();
        let next = who.get(&format!("{list}?limit=1&cursor={cursor}")).await;
        let next = &next.ok()["pagination"];
        assert_eq!(next["page"], Value::Null);
        assert_eq!(next["total"], first["total"]);
        assert_eq!(next["totalPages"], first["totalPages"]);
    }
}

#[tokio::test]
async fn a_label_with_spaces_around_it_is_found_as_it_is() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    for tags in [json!([" VIP "]), json!(["VIP"]), json!(["a, b"])] {
        let ticket = json!({"subject": "a", "description": "b", "tags": tags});
        app.advance(minutes(1));
        let id = amina.opens(ticket).await;
        assert_eq!(amina.ticket(&id).await["tags"], tags);
    }
    for (tag, expected) in [
        ("%20VIP%20", vec![2, 1]),
        ("VIP", vec![2]),
        ("+VIP+,a", vec![2, 1]),
        ("a,%20b", vec![3]),
        ("vip", vec![]),
    ] {
        assert_eq!(
            numbers(&amina, &format!("tag={tag}")).await,
            expected,
            "{tag}"
        );
    }
}
