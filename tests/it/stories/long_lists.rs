//! Lists and searches of more than ten thousand tickets: their totals, and what comes first.

use super::search::{search, ticket};
use crate::harness::{App, TICKETS, minutes};
use serde_json::json;

#[tokio::test]
async fn a_search_and_filters_in_combination_are_counted_up_to_ten_thousand_and_say_so() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    amina.opens(ticket("Model", "of many", &[])).await;
    ten_thousand_more(&app).await;
    let index = "insert into ticket_search (ticket_id, part, bucket, bytes, words)
        select id, 0, 0, 0, array_to_tsvector(array['0.many', '0-']) from tickets on conflict do nothing";
    sqlx::query(index).execute(&app.cx.pool).await.unwrap();
    for (query, total, exact, pages) in [
        ("limit=100", 10_001, true, 101),
        ("status=open&limit=100", 10_001, true, 101),
        ("status=open&category=general&limit=100", 10_000, false, 100),
        ("q=many&limit=100", 10_000, false, 100),
        ("q=many&limit=100&sort=createdAt", 10_000, false, 100),
        ("q=model", 1, true, 1),
    ] {
        let answer = eve.get(&format!("{TICKETS}?{query}")).await;
        let pagination = &answer.ok()["pagination"];
        assert_eq!(pagination["total"], total, "{query}");
        assert_eq!(pagination["totalIsExact"], exact, "{query}");
        assert_eq!(pagination["totalPages"], pages, "{query}");
        assert_eq!(pagination["hasMore"], pages > 1, "{query}");
    }
    // The list itself goes on where the count has stopped.
    let beyond = eve
        .get(&format!(
            "{TICKETS}?status=open&category=general&limit=100&page=101"
        ))
        .await;
    assert_eq!(beyond.ok()["tickets"].as_array().unwrap().len(), 1);
    let beyond = eve
        .get(&format!(
            "{TICKETS}?q=many&sort=createdAt&limit=100&page=101"
        ))
        .await;
    assert_eq!(beyond.ok()["tickets"].as_array().unwrap().len(), 1);
}

/// 10 000 copies of each ticket, without the way through the API.
async fn ten_thousand_more(app: &App) {
    sqlx::query(
        "insert into tickets (id, number, customer_id, subject, description, category, priority, status, department,
             language, tags, attachments, policy, escalation_level, reopened_count, version, created_at, updated_at)
         select gen_random_uuid(), 'TKT-1-' || lpad((1000 + n)::text, 6, '0'), customer_id, subject, description,
             category, priority, status, department, language, tags, attachments, policy, 0, 0, 1, created_at, updated_at
         from tickets, generate_series(1, 10000) n",
    )
    .execute(&app.cx.pool)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_ticket_with_the_word_in_its_subject_comes_first_however_many_newer_ones_have_it() {
    let app = App::new().await;
    let (amina, eve) = (app.customer("Amina").await, app.admin("Eve").await);
    amina.opens(ticket("Another zebra", "Black.", &[])).await;
    app.advance(minutes(1));
    for number in 0..250 {
        let text = format!("It is a zebra, number {number}, and white.");
        amina.opens(ticket("Another", &text, &[])).await;
    }
    // All have one of the two words in the subject.
    for q in ["zebra", "another zebra"] {
        let answer = search(&eve, q, "").await;
        assert_eq!(answer["pagination"]["total"], 251);
        assert_eq!(answer["tickets"][0]["subject"], "Another zebra", "{q}");
        assert_eq!(answer["tickets"][1]["subject"], "Another", "{q}");
    }
}

#[tokio::test]
async fn the_total_of_a_long_list_is_counted_beforehand_and_says_whether_it_is_exact() {
    let app = App::new().await;
    let (amina, eve) = (app.customer("Amina").await, app.admin("Eve").await);
    amina.opens(ticket("Model", "of many", &[])).await;
    ten_thousand_more(&app).await;
    let total = async |query: &str| {
        let answer = eve.get(&format!("{TICKETS}?{query}")).await;
        let pagination = &answer.ok()["pagination"];
        (
            pagination["total"].as_i64().unwrap(),
            pagination["totalIsExact"].as_bool().unwrap(),
        )
    };
    let filters = "status=open,closed&category=general&department=general";
    assert_eq!(total("").await, (10_001, true));
    assert_eq!(total(filters).await, (10_000, false));
    // The tickets came by no change: all are computed.
    actions::stats::rebuild(&app.cx, drop).await.unwrap();
    for query in ["", filters, "status=open", "category=general,payment"] {
        assert_eq!(total(query).await, (10_001, true), "{query}");
    }
    assert_eq!(total("category=payment").await, (0, true));
    let id = amina.opens(ticket("New", "of many", &[])).await;
    assert_eq!(total("").await, (10_001, false));
    assert_eq!(total("q=new").await, (1, true));
    // No worker has counted for a minute.
    app.advance(minutes(1));
    assert_eq!(total("").await, (10_002, true));
    actions::stats::roll_up(&app.cx).await.unwrap();
    assert_eq!(total("").await, (10_002, true));
    eve.does("priority", &id, json!({"priority": "urgent"}))
        .await
        .ok();
    actions::stats::roll_up(&app.cx).await.unwrap();
    assert_eq!(total("").await, (10_002, true));
    assert_eq!(total("priority=urgent").await, (1, true));
    assert_eq!(actions::stats::differences(&app.cx.pool).await.unwrap(), 0);
}
