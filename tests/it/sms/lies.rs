//! Providers that are down, slow, or say what no document of theirs has. Nothing is lost, nothing is sent twice, and what
//! happened is told plainly.

use super::{BOTH, Played, Rig, provider::Answers};
use chrono::TimeDelta;
use serde_json::json;

const PAGE: &str = "<!DOCTYPE html><html><body>Sign in to the network</body></html>";

fn page(status: u16) -> Answers {
    let html = ("content-type", "text/html".to_owned());
    Answers::With(status, vec![html], PAGE.to_owned())
}

#[tokio::test]
async fn silence_half_an_answer_a_failure_and_a_page_make_a_message_unknown_and_it_is_not_sent_again()
 {
    for played in BOTH {
        let rig = Rig::new(played).await;
        for (answers, reason) in [
            (Answers::Silence, "there was no complete response"),
            (Answers::Half, "there was no complete response"),
            (
                Answers::text(500, "oops"),
                "it responded with the status 500",
            ),
            (page(502), "it responded with the status 502"),
            (Answers::text(408, ""), "it responded with the status 408"),
            (
                page(200),
                "its response, with the status 200, could not be understood",
            ),
            (
                Answers::text(201, ""),
                "its response, with the status 201, could not be understood",
            ),
            (Answers::json(200, &json!([])), "could not be understood"),
            (
                Answers::json(201, &json!({"ok": true})),
                "could not be understood",
            ),
        ] {
            let case = format!("{played:?} {answers:?}");
            let notification = rig.answered(answers).await;
            let (status, attempts, error) = rig.state(notification).await;
            assert_eq!((status.as_str(), attempts), ("unknown", 1), "{case}");
            assert!(error.starts_with("nobody knows whether"), "{error}");
            assert!(error.contains(reason), "{case}: {error}");
            // It is over for the job, and the provider gets nothing more until a probe.
            assert_eq!(rig.job(notification).await, "done", "{case}");
            assert!(rig.held().await.starts_with("nobody knows"), "{case}");
            let waiting = rig.send().await;
            assert_eq!(rig.status(waiting).await, "pending", "{case}");
            assert_eq!(rig.provider.arrived().len(), 1, "{case}");
            // It works again: the message that waited goes, the unknown one does not.
            rig.after(TimeDelta::minutes(1)).await;
            assert_eq!(rig.status(waiting).await, "sent", "{case}");
            assert_eq!(rig.status(notification).await, "unknown", "{case}");
            assert_eq!(rig.provider.arrived().len(), 1, "{case}");
            rig.after(TimeDelta::hours(1)).await;
        }
    }
}

#[tokio::test]
async fn a_limit_holds_the_channel_for_as_long_as_it_says() {
    for played in BOTH {
        let rig = Rig::new(played).await;
        let limit = json!({"code": 20429, "message": "Too Many Requests", "status": 429});
        let pause = ("retry-after", "120".to_owned());
        let answers = Answers::With(429, vec![pause], limit.to_string());
        let notification = rig.answered(answers).await;
        assert_eq!(
            rig.state(notification).await,
            ("pending".to_owned(), 0, String::new())
        );
        assert!(rig.held().await.contains("slow down"));
        rig.after(TimeDelta::seconds(110)).await;
        assert_eq!(
            rig.provider.arrived().len(),
            1,
            "{played:?}: not before its time"
        );
        rig.after(TimeDelta::seconds(20)).await;
        assert_eq!(rig.status(notification).await, "sent", "{played:?}");
        assert_eq!(rig.provider.arrived().len(), 1);
    }
}

#[tokio::test]
async fn a_pause_without_end_is_not_kept() {
    let rig = Rig::new(Played::Twilio).await;
    let pause = ("retry-after", "31536000".to_owned());
    let notification = rig
        .answered(Answers::With(429, vec![pause], String::new()))
        .await;
    rig.after(TimeDelta::minutes(11)).await;
    assert_eq!(rig.status(notification).await, "sent");
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_costs_no_message() {
    for played in BOTH {
        let rig = Rig::new(played).await;
        for status in [301, 302, 303, 307, 308] {
            let location = ("location", format!("{}/elsewhere", rig.provider.url));
            let answers = Answers::With(status, vec![location], String::new());
            let notification = rig.answered(answers).await;
            assert_eq!(
                rig.status(notification).await,
                "pending",
                "{played:?} {status}"
            );
            assert!(rig.held().await.contains("redirects"));
            assert_eq!(rig.provider.arrived().len(), 1);
            rig.after(TimeDelta::minutes(1)).await;
            assert_eq!(
                rig.status(notification).await,
                "sent",
                "{played:?} {status}"
            );
            assert_eq!(rig.provider.arrived().len(), 1);
        }
    }
}

#[tokio::test]
async fn a_provider_that_cannot_be_reached_costs_no_attempt() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    for played in BOTH {
        let rig = Rig::with(played, &[("SMS_API_URL", url.as_str())]).await;
        let notification = rig.send().await;
        for _ in 0..20 {
            rig.after(TimeDelta::minutes(1)).await;
        }
        assert_eq!(
            rig.state(notification).await,
            ("pending".to_owned(), 0, String::new())
        );
        assert!(rig.held().await.contains("cannot be reached"));
    }
}
