//! `support notify test`: what an operator sees of each channel.

use crate::harness::{App, Outside, Site, smtp_server::SmtpServer};
use std::process::Output;

fn says(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout);
    format!("{said}{}", String::from_utf8_lossy(&output.stderr))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_message_goes_straight_to_the_provider_and_its_answer_is_told() {
    let server = SmtpServer::start().await;
    let app = App::new().await;
    app.customer("Ann").await;
    let texts = app.folder().join("texts");
    let settings = [
        ("SMTP_URL", server.url()),
        ("SMS_PROVIDER", "file"),
        ("DATA_DIR", texts.to_str().unwrap()),
    ];
    let site = Site::of(&app, &settings);
    let tried = |channel: &str, to: &str| {
        site.run(&format!("notify test --channel {channel} --to {to}"), &[])
    };

    let mailed = tried("email", "ANN@example.com");
    assert_eq!(mailed.status.code(), Some(0), "{}", says(&mailed));
    assert!(says(&mailed).contains("accepted: a mail"));
    let [mail] = &server.wait_for(1).await[..] else {
        panic!("not one mail")
    };
    assert_eq!(mail.to, ["ann@example.com"]);
    assert_eq!(mail.subject(), "Test mail of BaiTech");

    let texted = tried("sms", "ann@example.com");
    assert_eq!(texted.status.code(), Some(0), "{}", says(&texted));
    let files = std::fs::read_dir(texts.join("sms")).unwrap();
    assert_eq!(files.count(), 1);

    let pushed = tried("push", "ann@example.com");
    assert_eq!(pushed.status.code(), Some(1));
    assert!(says(&pushed).contains("failed: the person has subscribed no device"));

    let nobody = tried("email", "nobody@example.com");
    assert_eq!(nobody.status.code(), Some(1));
    assert!(says(&nobody).contains("no account with the address nobody@example.com"));
    let unheard_of = tried("pigeon", "ann@example.com");
    assert!(says(&unheard_of).contains("must be one of email, push, sms"));
    let recorded = "select count(*) from notifications where status = 'sent'";
    assert_eq!(app.count(recorded).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_message_reaches_each_device_that_the_person_subscribed() {
    let outside = Outside::start().await;
    let settings = outside.settings();
    let settings: Vec<_> = settings
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let app = App::with(&settings).await;
    let ann = app.customer("Ann").await;
    for device in ["laptop", "phone"] {
        let path = "/api/v1/notifications/push/subscriptions";
        ann.post(path, outside.device(device)).await.created();
    }
    let site = Site::of(&app, &settings);
    let pushed = site.run("notify test --channel push --to ann@example.com", &[]);
    assert_eq!(pushed.status.code(), Some(0), "{}", says(&pushed));
    assert_eq!(says(&pushed).matches("accepted: a push message").count(), 2);
    let sent = outside.letters().pushes;
    let mut reached: Vec<_> = sent.iter().map(|push| push.to.as_str()).collect();
    reached.sort_unstable();
    assert_eq!(reached, ["laptop", "phone"]);
    assert_eq!(app.count("select count(*) from push_deliveries").await, 0);
}

#[tokio::test]
async fn a_provider_that_cannot_be_reached_is_named_with_the_cause() {
    let app = App::new().await;
    app.customer("Ann").await;
    let site = Site::of(&app, &[("SMTP_URL", "smtp://127.0.0.1:1")]);
    let tried = site.run("notify test --channel email --to ann@example.com", &[]);
    assert_eq!(tried.status.code(), Some(1));
    assert!(
        says(&tried).contains("cannot be reached"),
        "{}",
        says(&tried)
    );
}
