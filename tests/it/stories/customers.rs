//! The search of staff for customers.

use crate::harness::{App, Caller, minutes};
use domain::people::Role;
use serde_json::{Value, json};

const CUSTOMERS: &str = "/api/v1/support/customers";

fn encoded(text: &str) -> String {
    let bytes: Vec<_> = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    bytes.concat()
}

/// The given names of those who are found, in order.
async fn found(who: &Caller, q: &str) -> Vec<String> {
    let answer = who.get(&format!("{CUSTOMERS}?q={}", encoded(q))).await;
    let customers = answer.ok()["customers"].as_array().unwrap();
    assert_eq!(answer.body["pagination"]["total"], customers.len());
    let names = customers.iter().map(|one| one["firstName"].as_str());
    names.map(|name| name.unwrap().to_owned()).collect()
}

async fn is_called(who: &Caller, first: &str, last: &str, phone: &str) {
    let change = json!({"firstName": first, "lastName": last, "phoneNumber": phone});
    who.patch("/api/v1/auth/me", change).await.ok();
}

#[tokio::test]
async fn staff_find_requesters_by_how_a_name_an_address_or_a_number_begins() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    app.advance(minutes(1));
    let jose = app.person("Jose", Role::Technician, json!(null)).await;
    app.advance(minutes(1));
    let corp = app.person("Corp", Role::Corporate, json!(null)).await;
    let sam = app.agent("Sam", "general").await;
    let eve = app.admin("Eve").await;
    is_called(&amina, "Amina", "Hassan", "+255700000001").await;
    is_called(&jose, "José", "Ñandú de la Cruz", "+254711000002").await;
    is_called(&corp, "100%_", "Ltd", "+254722000003").await;
    for who in [&sam, &eve] {
        for (q, expected) in [
            ("Amina", &["Amina"][..]),
            ("aMi", &["Amina"]),
            ("has", &["Amina"]),
            ("amina  hass", &["Amina"]),
            ("Hassan Ami", &["Amina"]),
            ("mina", &[]),
            ("amina@ex", &["Amina"]),
            ("AMINA@EXAMPLE.COM", &["Amina"]),
            ("example.com", &[]),
            ("jose", &["José"]),
            ("JOSÉ", &["José"]),
            ("jose\u{301}", &["José"]),
            ("nandu DE la", &["José"]),
            ("+2547", &["100%_", "José"]),
            ("254 711", &["José"]),
            ("0711", &[]),
            ("100%_", &["100%_"]),
            ("%", &[]),
            ("_", &[]),
            ("\\", &[]),
            ("sam", &[]),
            ("eve", &[]),
            ("sam@example.com", &[]),
            ("'; drop table users; --", &[]),
        ] {
            assert_eq!(found(who, q).await, expected, "{q}");
        }
    }
    let one = eve.get(&format!("{CUSTOMERS}?q=amina")).await.ok()["customers"][0].clone();
    assert_eq!(
        one,
        json!({
            "id": amina.id(), "firstName": "Amina", "lastName": "Hassan", "email": "amina@example.com",
            "phoneNumber": "+255700000001", "role": "customer", "language": "en", "active": true,
        })
    );
    assert_eq!(
        amina.get(&format!("{CUSTOMERS}?q=a")).await.refused(403),
        "role_not_allowed"
    );
    // For whom they then create, and whose they list.
    let ticket = json!({"subject": "By phone", "description": "b", "customerId": one["id"]});
    sam.opens(ticket).await;
    let path = format!("/api/v1/support/tickets?customer={}", amina.id());
    assert_eq!(eve.get(&path).await.ok()["pagination"]["total"], 1);
}

#[tokio::test]
async fn requesters_are_listed_in_parts_and_a_beginning_is_needed() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    for name in ["Ann", "Anna", "Anne"] {
        app.advance(minutes(1));
        app.customer(name).await;
    }
    let mut names = Vec::new();
    let mut path = format!("{CUSTOMERS}?q=ann&limit=2");
    loop {
        let part = eve.get(&path).await.ok().clone();
        assert_eq!(part["pagination"]["total"], 3);
        let customers = part["customers"].as_array().unwrap();
        names.extend(customers.iter().map(|one| one["firstName"].clone()));
        let Some(next) = part["pagination"]["nextCursor"].as_str() else {
            break;
        };
        path = format!("{CUSTOMERS}?q=ann&limit=2&cursor={next}");
    }
    assert_eq!(names, ["Anne", "Anna", "Ann"]);
    let long = "a".repeat(201);
    for (query, code) in [
        ("", "required"),
        ("q=", "required"),
        ("q=%20", "too_short"),
        (&*format!("q={long}"), "too_long"),
    ] {
        let refused = eve.get(&format!("{CUSTOMERS}?{query}")).await;
        assert_eq!(refused.refused(400), "invalid_query", "{query}");
        assert_eq!(refused.body["errors"][0]["field"], "q", "{query}");
        assert_eq!(refused.body["errors"][0]["code"], code, "{query}");
    }
}

#[tokio::test]
async fn each_way_to_find_a_requester_is_one_of_an_index() {
    let app = App::new().await;
    let mut db = app.cx.pool.acquire().await.unwrap();
    // Of few rows all would be read.
    sqlx::raw_sql(
        "insert into users (id, email, first_name, last_name, phone_number, password_hash, role, language, timezone,
                            active, created_at, updated_at)
         select gen_random_uuid(), n || '@example.com', 'First ' || n, 'Last ' || n, '+2557' || n, '', 'customer', 'en',
                'UTC', true, now(), now() from generate_series(1, 20000) n;
         analyze users",
    )
    .execute(&mut *db)
    .await
    .unwrap();
    let (plan,): (Value,) = sqlx::query_as(
        "explain (format json) select id from users
         where role in ('customer', 'technician', 'corporate')
           and (folded(first_name || ' ' || last_name) ^@ folded('ann')
                or folded(last_name || ' ' || first_name) ^@ folded('ann')
                or lower(email) ^@ lower('ann') or phone_number ^@ '+254')",
    )
    .fetch_one(&mut *db)
    .await
    .unwrap();
    let plan = plan.to_string();
    for index in [
        "customers_by_first_name",
        "customers_by_last_name",
        "customers_by_address",
        "customers_by_number",
    ] {
        assert!(plan.contains(index), "{index}: {plan}");
    }
    assert!(!plan.contains("Seq Scan"), "{plan}");
}
