//! People change their own accounts, and cannot raise their own rank.

use super::ME;
use crate::harness::App;
use domain::people::Role;
use serde_json::json;

#[tokio::test]
async fn what_is_absent_stays_as_it_is() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let before = amina.get(ME).await.ok()["user"].clone();
    app.advance(chrono::TimeDelta::minutes(1));
    let change =
        json!({"phoneNumber": "+254700000001", "language": "sw", "timezone": "Africa/Nairobi"});
    let changed = amina.patch(ME, change).await;
    let mut expected = before;
    for (field, value) in [
        ("phoneNumber", "+254700000001"),
        ("language", "sw"),
        ("timezone", "Africa/Nairobi"),
        ("updatedAt", "2025-10-01T08:01:00.000Z"),
    ] {
        expected[field] = json!(value);
    }
    assert_eq!(changed.ok()["user"], expected);
    assert_eq!(amina.get(ME).await.ok()["user"], expected);
}

#[tokio::test]
async fn null_is_refused_where_there_has_to_be_something() {
    let app = App::new().await;
    let (amina, sarah) = (
        app.customer("Amina").await,
        app.agent("Sarah", "general").await,
    );
    let nothing = json!({
        "firstName": null, "lastName": null, "phoneNumber": null, "language": null,
        "timezone": null, "email": null, "currentPassword": null,
    });
    let refused = amina.patch(ME, nothing.clone()).await;
    assert_eq!(refused.refused(422), "invalid_fields");
    let errors = refused.body["errors"].as_array().unwrap();
    assert!(
        errors
            .iter()
            .all(|field_error| field_error["code"] == "not_nullable")
    );
    assert_eq!(errors.len(), nothing.as_object().unwrap().len());
    // A person without support info may send null; fields of admins are ignored.
    amina.patch(ME, json!({"supportInfo": null})).await.ok();
    let refused = sarah.patch(ME, json!({"supportInfo": null})).await;
    assert_eq!(refused.body["errors"][0]["code"], "not_nullable");
    let info = json!({"languages": null, "specializations": null, "shiftSchedule": null});
    let refused = sarah.patch(ME, json!({"supportInfo": info})).await;
    assert_eq!(refused.body["errors"].as_array().unwrap().len(), 3);
    assert_eq!(
        refused.body["errors"][0]["field"],
        "supportInfo.specializations"
    );
    let ignored = json!({
        "level": null, "maxConcurrentTickets": null, "stats": null, "availability": null,
        "department": null, "employeeId": null,
    });
    sarah.patch(ME, json!({"supportInfo": ignored})).await.ok();
}

#[tokio::test]
async fn fields_of_admins_are_ignored_from_others() {
    let app = App::new().await;
    let sarah = app.person("Sarah", Role::Support, json!({"employeeId": "E1"}));
    let sarah = sarah.await;
    let info = json!({
        "languages": ["sw"], "specializations": ["payments"],
        "shiftSchedule": [{"day": "mon", "start": "08:00", "end": "17:00"}],
        "level": 9, "maxConcurrentTickets": 99, "department": "billing", "employeeId": "E9",
        "stats": {"ticketsClosed": 5}, "availability": {"maxConcurrentTickets": 77},
    });
    let changed = sarah.patch(ME, json!({"supportInfo": info})).await;
    let info = &changed.ok()["user"]["supportInfo"];
    assert_eq!(info["languages"], json!(["sw"]));
    assert_eq!(info["specializations"], json!(["payments"]));
    assert_eq!(info["shiftSchedule"][0]["day"], "mon");
    assert_eq!(info["level"], 1);
    assert_eq!(info["department"], "general");
    assert_eq!(info["employeeId"], "E1");
    assert_eq!(info["availability"]["maxConcurrentTickets"], 5);
    let role = sarah.patch(ME, json!({"role": "admin"})).await;
    assert_eq!(role.body["errors"][0]["code"], "unknown_field");
}

#[tokio::test]
async fn requesters_have_no_support_info_and_every_fault_is_named() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let refused = amina
        .patch(ME, json!({"supportInfo": {"languages": ["sw"]}}))
        .await;
    assert_eq!(refused.refused(422), "invalid_fields");
    app.customer("Tom").await;
    let taken = json!({
        "email": "tom@example.com", "currentPassword": super::PASSWORD, "supportInfo": {"languages": ["sw"]},
    });
    let refused = amina.patch(ME, taken).await;
    assert_eq!(refused.refused(422), "invalid_fields", "before the 409");
    let faulty = json!({"firstName": "", "timezone": "Mars", "phoneNumber": 1, "extra": 1});
    let refused = amina.patch(ME, faulty).await;
    assert_eq!(refused.body["errors"].as_array().unwrap().len(), 4);
}
