//! The settings of text messages, as a whole.

use super::*;
use crate::config::Settings;

const SID: &str = "AC0123456789abcdef0123456789abcdef";

fn read(set: &[(&str, &str)]) -> (Sms, Vec<String>) {
    let settings = Settings::load(|name| {
        let found = set.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    });
    let settings = settings.unwrap();
    let mut read = Reader::new(&settings);
    let sms = sms(&mut read, Path::new("/data"));
    (sms, read.problems())
}

fn problems(set: &[(&str, &str)]) -> Vec<String> {
    read(set).1
}

#[test]
fn nothing_is_sent_by_default_and_a_folder_needs_nothing_else() {
    let (sms, problems) = read(&[]);
    assert!(matches!(sms.transport, SmsTransport::Off));
    assert_eq!(problems, [""; 0]);
    let (sms, problems) = read(&[("SMS_PROVIDER", "file")]);
    assert!(
        matches!(sms.transport, SmsTransport::Files(folder) if folder == Path::new("/data/sms"))
    );
    assert_eq!(problems, [""; 0]);
}

#[test]
fn a_provider_without_its_account_is_a_problem_for_each_setting() {
    let all = problems(&[("SMS_PROVIDER", "africas_talking")]);
    assert_eq!(
        all,
        [
            "AFRICAS_TALKING_USERNAME must be set for SMS_PROVIDER=africas_talking",
            "AFRICAS_TALKING_API_KEY_SECRET must be set for SMS_PROVIDER=africas_talking",
        ]
    );
    let all = problems(&[("SMS_PROVIDER", "twilio")]);
    assert_eq!(
        all,
        [
            "TWILIO_ACCOUNT_SID must be set for SMS_PROVIDER=twilio",
            "SMS_SENDER must be set for SMS_PROVIDER=twilio",
            "TWILIO_AUTH_TOKEN_SECRET must be set for SMS_PROVIDER=twilio",
        ]
    );
    let all = problems(&[("SMS_PROVIDER", "pigeon")]);
    assert!(
        all.len() == 1 && all[0].starts_with("SMS_PROVIDER "),
        "{all:?}"
    );
}

#[test]
fn the_sandbox_has_its_own_address_and_the_operator_may_choose_any() {
    let account = |username, url| {
        let (sms, problems) = read(&[
            ("SMS_PROVIDER", "africas_talking"),
            ("AFRICAS_TALKING_USERNAME", username),
            ("AFRICAS_TALKING_API_KEY_SECRET", "key"),
            ("SMS_API_URL", url),
        ]);
        assert_eq!(problems, [""; 0]);
        match sms.transport {
            SmsTransport::AfricasTalking(account) => account.api,
            _ => unreachable!("another provider"),
        }
    };
    let api = account("sandbox", "");
    assert_eq!(api.url, "https://api.sandbox.africastalking.com");
    assert!(api.allowed.has_name("api.sandbox.africastalking.com"));
    assert_eq!(account("acme", "").url, "https://api.africastalking.com");
    let api = account("acme", "http://127.0.0.1:9000/");
    assert_eq!(api.url, "http://127.0.0.1:9000");
    assert!(api.allowed.admits([127, 0, 0, 1].into()));
    assert!(!api.allowed.admits([127, 0, 0, 2].into()));
}

#[test]
fn twilio_has_a_number_a_name_or_a_service_as_its_sender() {
    let twilio = |sender| {
        read(&[
            ("SMS_PROVIDER", "twilio"),
            ("TWILIO_ACCOUNT_SID", SID),
            ("TWILIO_AUTH_TOKEN_SECRET", "token"),
            ("SMS_SENDER", sender),
        ])
    };
    let service = "MG0123456789abcdef0123456789abcdef";
    for (text, expected) in [
        (
            "+15005550006",
            TwilioSender::From("+15005550006".to_owned()),
        ),
        ("BaiTech", TwilioSender::From("BaiTech".to_owned())),
        ("22395", TwilioSender::From("22395".to_owned())),
        (service, TwilioSender::Service(service.to_owned())),
    ] {
        let (sms, problems) = twilio(text);
        assert_eq!(problems, [""; 0], "{text}");
        assert!(matches!(sms.transport, SmsTransport::Twilio(it) if it.sender == expected));
    }
    for wrong in ["BaiTech Support", "+1", "a&b", " abc", "MG12"] {
        let (_, problems) = twilio(wrong);
        let is_named = problems.len() == 1 && problems[0].starts_with("SMS_SENDER ");
        assert!(is_named || wrong == "MG12", "{wrong}: {problems:?}");
    }
}

#[test]
fn what_is_wrong_is_told_at_start_and_no_secret_is_repeated() {
    let all = problems(&[
        ("SMS_PROVIDER", "twilio"),
        ("TWILIO_ACCOUNT_SID", "12345"),
        ("TWILIO_AUTH_TOKEN_SECRET", "hush hush"),
        ("SMS_SENDER", "BaiTech"),
        ("SMS_API_URL", "ftp://example.com"),
        ("SMS_ALLOWED_PREFIXES", "+254,33"),
        ("SMS_PER_DAY", "-1"),
    ]);
    let names: Vec<_> = all
        .iter()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(
        names,
        [
            "TWILIO_ACCOUNT_SID",
            "SMS_API_URL",
            "TWILIO_AUTH_TOKEN_SECRET",
            "SMS_ALLOWED_PREFIXES",
            "SMS_PER_DAY",
        ]
    );
    assert!(!all.concat().contains("hush"), "{all:?}");
}
