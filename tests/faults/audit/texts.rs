//! Text messages: each that counts as sent arrived, no other did, and one of which nobody knows arrived once at most.

use super::{Findings, by_id, doubles};
use crate::{chaos::Diary, harness::Letter, rig::Rig};

/// The status is that of the notification, or of the digest.
const MESSAGES: &str =
    "select sms_messages.id::text, number, coalesce(notifications.status, digests.status, '')
    from sms_messages left join notifications on notifications.id = sms_messages.id
    left join digests on digests.id = sms_messages.id";

/// Looks at all text messages.
pub async fn arrived(rig: &Rig, diary: &Diary, letters: &[Letter], findings: &mut Findings) {
    let messages: Vec<(String, String, String)> =
        sqlx::query_as(MESSAGES).fetch_all(&rig.look).await.unwrap();
    findings.looked("text messages", i64::try_from(letters.len()).unwrap());
    let times = by_id(letters);
    for (id, number, status) in &messages {
        let count = times.get(id.as_str()).map_or(0, Vec::len);
        let fits = match status.as_str() {
            "sent" => count > 0,
            "unknown" => count < 2,
            "dropped" => true,
            _ => false,
        };
        if !fits {
            findings.wrong(format!(
                "text message {id} is {status:?} and arrived {count} times"
            ));
        }
        for letter in letters.iter().filter(|letter| letter.id == *id) {
            if letter.to != *number {
                findings.wrong(format!("text message {id} went to another number"));
            }
        }
    }
    for id in times.keys() {
        if !messages.iter().any(|(known, ..)| known == id) {
            findings.wrong(format!("text message {id} arrived and is unknown"));
        }
    }
    doubles::look("text messages", &times, diary, findings);
}
