//! Search: the results, who sees them, their order, and the quotes.

use crate::harness::{App, Caller, TICKETS, minutes};
use serde_json::{Value, json};

fn encoded(text: &str) -> String {
    let bytes: Vec<_> = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    bytes.concat()
}

pub(super) async fn search(who: &Caller, q: &str, more: &str) -> Value {
    let path = format!("{TICKETS}?q={}{more}", encoded(q));
    who.get(&path).await.ok().clone()
}

/// The subjects of what is found, in order.
async fn found(who: &Caller, q: &str) -> Vec<String> {
    let answer = search(who, q, "").await;
    let tickets = answer["tickets"].as_array().unwrap();
    assert_eq!(answer["pagination"]["total"], tickets.len());
    assert_eq!(answer["pagination"]["totalIsExact"], true);
    let subjects = tickets.iter().map(|ticket| ticket["subject"].as_str());
    subjects
        .map(|subject| subject.unwrap().to_owned())
        .collect()
}

pub(super) fn ticket(subject: &str, description: &str, tags: &[&str]) -> Value {
    json!({"subject": subject, "description": description, "tags": tags})
}

#[tokio::test]
async fn a_search_finds_words_phrases_and_exclusions_in_number_subject_description_tags_and_messages()
 {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let payment = amina
        .opens(ticket(
            "Cannot complete payment",
            "Booking #BKG-12345 réservé, the credit card was refused.",
            &["vip", "tour de lac"],
        ))
        .await;
    app.advance(minutes(1));
    let login = amina
        .opens(ticket("Login fails", "The card of the app says: no.", &[]))
        .await;
    amina
        .says(&login, "My phone is a Tecno Spark 10C")
        .await
        .created();
    let number = amina.ticket(&payment).await["ticketNumber"].clone();
    let number = number.as_str().unwrap();
    let (_, sequence) = number.rsplit_once('-').unwrap();
    for (q, expected) in [
        ("payment", &["Cannot complete payment"][..]),
        ("PAYMENT complete", &["Cannot complete payment"]),
        ("payment login", &[]),
        ("pay", &[]),
        ("pay*", &["Cannot complete payment"]),
        ("reserve", &["Cannot complete payment"]),
        ("vip", &["Cannot complete payment"]),
        ("\"tour de lac\"", &["Cannot complete payment"]),
        ("\"vip tour\"", &[]), // of two tags
        ("12345", &["Cannot complete payment"]),
        ("BKG-12345", &["Cannot complete payment"]),
        ("#bkg-12345.", &["Cannot complete payment"]),
        ("12345-BKG", &[]),
        (number, &["Cannot complete payment"]),
        (sequence, &["Cannot complete payment"]),
        ("card", &["Login fails", "Cannot complete payment"]),
        ("\"credit card\"", &["Cannot complete payment"]),
        ("\"card credit\"", &[]),
        ("card -\"credit card\"", &["Login fails"]),
        ("card -refused", &["Login fails"]),
        ("-card", &[]),
        ("-refused", &["Login fails"]),
        ("tecno", &["Login fails"]),
        // One word in the subject, one in a message.
        ("login spark", &["Login fails"]),
        ("card -tecno", &["Cannot complete payment"]),
        ("?!", &[]),
        ("card | login & !fails", &["Login fails"]),
        ("'; drop table tickets; --", &[]),
        ("\"left open", &[]),
    ] {
        let mut expected = expected.to_vec();
        let mut got = found(&amina, q).await;
        got.sort();
        expected.sort_unstable();
        assert_eq!(got, expected, "{q}");
    }
    let nothing_asked = search(&amina, "  ", "").await;
    assert_eq!(nothing_asked["pagination"]["total"], 2);
}

#[tokio::test]
async fn internal_notes_are_found_by_staff_alone_and_no_count_sort_or_quote_reveals_them() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let mut tickets = Vec::new();
    for subject in ["First fraud", "Second fraud", "Third fraud"] {
        tickets.push(amina.opens(ticket(subject, "A question.", &[])).await);
        app.advance(minutes(1));
    }
    let queries = [
        "fraud",
        "fraud -suspect",
        "-suspect",
        "suspect",
        "fraud suspect",
        "sus*",
    ];
    let mut before = Vec::new();
    for q in queries {
        before.push(search(&amina, q, "").await);
    }
    let note = json!({"message": "fraud fraud fraud, a suspect", "isInternal": true});
    let path = format!("{TICKETS}/{}/messages", tickets[1]);
    eve.post(&path, note).await.created();
    eve.does(
        "status",
        &tickets[2],
        json!({"status": "in_progress", "notes": "no suspect"}),
    )
    .await
    .ok();
    assert_eq!(found(&eve, "suspect").await.len(), 2);
    assert_eq!(found(&eve, "fraud -suspect").await, ["First fraud"]);
    assert_eq!(found(&eve, "fraud").await[0], "Second fraud");
    let quotes = search(&eve, "suspect", "").await["tickets"][0]["highlight"].to_string();
    assert!(quotes.contains("<mark>suspect</mark>"), "{quotes}");
    let order_and_quotes = |tickets: &Value| -> Vec<(Value, Value)> {
        let tickets = tickets.as_array().unwrap().iter();
        tickets
            .map(|one| (one["id"].clone(), one["highlight"].clone()))
            .collect()
    };
    for (q, before) in queries.iter().zip(&before) {
        let after = search(&amina, q, "").await;
        let shown = order_and_quotes(&after["tickets"]);
        assert_eq!(shown, order_and_quotes(&before["tickets"]), "{q}");
        assert_eq!(after["pagination"], before["pagination"], "{q}");
    }
}

#[tokio::test]
async fn a_search_stays_within_what_one_may_see_and_goes_with_every_filter() {
    let app = App::new().await;
    let (amina, zoe) = (app.customer("Amina").await, app.customer("Zoe").await);
    let eve = app.admin("Eve").await;
    let tom = app.agent("Tom", "technical").await;
    let held = amina
        .opens(ticket("Amina's lions", "Seen.", &["safari"]))
        .await;
    zoe.opens(ticket("Zoe's lions", "Heard.", &[])).await;
    eve.does("assign", &held, json!({})).await.ok();
    assert_eq!(found(&amina, "lions").await, ["Amina's lions"]);
    assert_eq!(found(&zoe, "lions -safari").await, ["Zoe's lions"]);
    assert_eq!(found(&zoe, "safari").await, [""; 0]);
    assert_eq!(found(&tom, "lions").await, ["Zoe's lions"]);
    assert_eq!(found(&eve, "lions").await.len(), 2);
    for (more, total) in [
        ("&status=assigned", 1),
        ("&tag=safari&category=general", 1),
        ("&assignedTo=none&status=open", 1),
        ("&status=closed", 0),
    ] {
        let answer = search(&eve, "lions", more).await;
        assert_eq!(answer["pagination"]["total"], total, "{more}");
    }
}

#[tokio::test]
async fn the_best_match_comes_first_and_each_order_is_paged_exactly_once() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let open = async |subject: &str, description: &str| {
        app.advance(minutes(1));
        amina.opens(ticket(subject, description, &[])).await
    };
    open("In passing", "Among much else also the refund.").await;
    open("Refund", "Where is it?").await;
    let thread = open("A question", "It is about money.").await;
    open("Nothing of it", "No.").await;
    for number in 0..5 {
        open(&format!("Equal {number}"), "A refund!").await;
    }
    amina.says(&thread, "I mean the refund.").await.created();
    let all = found(&amina, "refund").await;
    assert_eq!(all.len(), 8);
    assert_eq!(all[0], "Refund");
    // What fits equally well: the newest first.
    assert_eq!(all[1..3], ["Equal 4", "Equal 3"]);
    assert_eq!(all[7], "A question");
    for (sort, first) in [
        ("", "Refund"),
        ("&sort=-relevance", "Refund"),
        ("&sort=relevance", "A question"),
        ("&sort=createdAt", "In passing"),
    ] {
        let whole = search(&amina, "refund", &format!("{sort}&limit=100")).await;
        let ids = |answer: &Value| -> Vec<Value> {
            answer["tickets"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["id"].clone())
                .collect()
        };
        assert_eq!(whole["tickets"][0]["subject"], first, "{sort}");
        let (mut walked, mut cursor) = (Vec::new(), String::new());
        loop {
            let part = search(&amina, "refund", &format!("{sort}&limit=3&cursor={cursor}")).await;
            walked.extend(ids(&part));
            let Some(next) = part["pagination"]["nextCursor"].as_str() else {
                break;
            };
            next.clone_into(&mut cursor);
        }
        assert_eq!(walked, ids(&whole), "{sort}");
    }
    // Without a search everything is as relevant: what is left is the age.
    for (sort, first) in [("-relevance", "Equal 4"), ("relevance", "In passing")] {
        let list = amina.get(&format!("{TICKETS}?sort={sort}")).await;
        assert_eq!(list.ok()["tickets"][0]["subject"], first);
        assert_eq!(list.ok()["tickets"].as_array().unwrap().len(), 9);
    }
}

#[tokio::test]
async fn highlights_quote_what_was_found_as_html_that_is_safe_to_show() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let description = format!("{} the <b>lost</b> suitcase", "long ago ".repeat(60));
    let id = amina
        .opens(ticket(
            "<script>lost()</script>",
            &description,
            &["lost & found"],
        ))
        .await;
    let said = amina.says(&id, "Not lost, \"stolen\"").await;
    let answer = search(&amina, "lost", "").await;
    assert_eq!(
        answer["tickets"][0]["highlight"],
        json!([
            {"field": "subject", "snippet": "&lt;script&gt;<mark>lost</mark>()&lt;/script&gt;"},
            {"field": "tags", "snippet": "<mark>lost</mark> &amp; found"},
            {"field": "description",
             "snippet": "…ago long ago long ago long ago long ago long ago  the &lt;b&gt;<mark>lost</mark>&lt;/b&gt; suitcase"},
            {"field": "message", "messageId": said.created()["message"]["id"],
             "snippet": "Not <mark>lost</mark>, &quot;stolen&quot;"},
        ])
    );
    assert_eq!(search(&amina, "-stolen", "").await["tickets"], json!([]));
    let without = amina.get(TICKETS).await.ok()["tickets"][0].clone();
    assert!(without.get("highlight").is_none());
    let excluded = search(&amina, "-nowhere", "").await["tickets"][0].clone();
    assert_eq!(excluded["highlight"], json!([]));
}

#[tokio::test]
async fn the_longest_texts_of_any_script_are_taken_and_found() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    // A ligature that unfolds into eighteen letters; words of one letter; one word without end.
    let texts = [
        "\u{fdfa}1 ".repeat(6_600),
        "a ".repeat(10_000),
        "b".repeat(20_000),
    ];
    let mixed: Vec<_> = (0..5_000_u32)
        .map(|number| format!("{:x} ", number % 4096))
        .collect();
    let mixed = mixed.concat();
    for (at, text) in texts.iter().chain([&mixed]).enumerate() {
        let text: String = text.chars().take(19_990).collect();
        let id = amina
            .opens(ticket(&format!("Long {at}"), &format!("{text} last"), &[]))
            .await;
        amina.says(&id, &text).await.created();
    }
    assert_eq!(found(&amina, "long last").await.len(), 4);
    assert_eq!(found(&amina, &"b".repeat(500)).await, ["Long 2"]);
    assert_eq!(found(&amina, "\u{fdfa}1").await, ["Long 0"]);
    for (q, code) in [
        ("a".repeat(501), "too_long"),
        ("b c d e f g h i j k l m n o p q r".into(), "too_many"),
    ] {
        let refused = amina.get(&format!("{TICKETS}?q={}", encoded(&q))).await;
        assert_eq!(refused.refused(400), "invalid_query");
        assert_eq!(refused.body["errors"][0]["field"], "q");
        assert_eq!(refused.body["errors"][0]["code"], code);
    }
}

#[tokio::test]
async fn tickets_that_a_release_without_search_wrote_are_found_after_the_migration() {
    let app = App::new().await;
    let (amina, eve) = (app.customer("Amina").await, app.admin("Eve").await);
    let id = amina.opens(ticket("Lost", "A suitcase.", &[])).await;
    amina.says(&id, "It is red").await.created();
    let note = json!({"message": "insured", "isInternal": true});
    eve.post(&format!("{TICKETS}/{id}/messages"), note)
        .await
        .created();
    for table in ["text_words", "ticket_search"] {
        let forget = format!("delete from {table}");
        sqlx::query(sqlx::AssertSqlSafe(forget))
            .execute(&app.cx.pool)
            .await
            .unwrap();
    }
    assert_eq!(found(&amina, "suitcase").await, [""; 0]);
    for _ in 0..2 {
        actions::tickets::backfill_index(&app.cx).await.unwrap();
        assert_eq!(found(&amina, "suitcase \"is red\"").await, ["Lost"]);
        assert_eq!(found(&amina, "insured").await, [""; 0]);
        assert_eq!(found(&eve, "insured red").await, ["Lost"]);
    }
}
