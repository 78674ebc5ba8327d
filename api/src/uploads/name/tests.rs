//! Names of files as browsers and mail programs encode them.

use super::*;
use axum::http::HeaderValue;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

/// The name in `form-data; name="file"` with these parameters.
fn name(parameters: &[u8]) -> Option<String> {
    let value = [b"form-data; name=\"file\"; ", parameters].concat();
    let value = HeaderValue::from_bytes(&value).unwrap();
    of_file(&HeaderMap::from_iter([(
        header::CONTENT_DISPOSITION,
        value,
    )]))
}

fn read(parameters: &str) -> String {
    name(parameters.as_bytes()).unwrap()
}

#[test]
fn the_name_for_all_languages_counts_first() {
    for (parameters, expected) in [
        (
            "filename=\"=?utf-8?B?RXJrbMOkcnVuZy50eHQ=?=\"; filename*=utf-8''Erkl%C3%A4rung.txt",
            "Erkl\u{e4}rung.txt",
        ),
        ("filename*=UTF-8''Erkl%C3%A4rung.txt", "Erkl\u{e4}rung.txt"),
        ("filename*=utf-8'de'a%20b.txt; filename=x.txt", "a b.txt"),
        ("FILENAME*=\"iso-8859-1''caf%E9.txt\"", "caf\u{e9}.txt"),
        // Where it cannot be read, the other does.
        ("filename=x.txt; filename*=nonsense", "x.txt"),
        ("filename=x.txt; filename*=utf-8''caf%E9", "x.txt"),
        ("filename=x.txt; filename*=klingon''y.txt", "x.txt"),
        ("filename=x.txt; filename*=utf-8''", "x.txt"),
    ] {
        assert_eq!(read(parameters), expected, "{parameters}");
    }
}

#[test]
fn what_browsers_encode_is_undone_and_nothing_else() {
    for (parameters, expected) in [
        ("filename=\"say %22hi%22.txt\"", "say \"hi\".txt"),
        ("filename=\"a%0D%0Ab%0a.txt\"", "a\r\nb\n.txt"),
        ("filename=\"100%25 %41.txt\"", "100%25 %41.txt"),
        ("filename=\"say \\\"hi\\\".txt\"", "say \"hi\".txt"),
        ("filename=\"C:\\my files\\a.txt\"", "C:\\my files\\a.txt"),
        ("filename=\"a;b=c.txt\"; x=y", "a;b=c.txt"),
        ("filename=my file.txt ; x=y", "my file.txt"),
        ("x; filename = \"a.txt\"", "a.txt"),
        ("filename=\"\u{5199}\u{771f}.png\"", "\u{5199}\u{771f}.png"),
        ("filename=\"no end", "no end"),
        ("filename=\"\"", ""),
    ] {
        assert_eq!(read(parameters), expected, "{parameters}");
    }
    assert_eq!(name(b"filename=\"caf\xe9.txt\"").unwrap(), "caf\u{e9}.txt");
    assert_eq!(name(b"x=y"), None);
    assert_eq!(name(b""), None);
}

#[test]
fn encoded_words_are_read() {
    for (sent, expected) in [
        ("=?utf-8?B?RXJrbMOkcnVuZy50eHQ=?=", "Erkl\u{e4}rung.txt"),
        ("=?UTF-8?b?RXJrbMOkcnVuZy50eHQ?=", "Erkl\u{e4}rung.txt"),
        ("=?utf-8?Q?na=C3=AFve_100%=5F.txt?=", "na\u{ef}ve 100%_.txt"),
        ("=?iso-8859-1?q?caf=E9?=.txt", "caf\u{e9}.txt"),
        ("=?utf-8*en?Q?a?= =?utf-8?Q?_b.txt?=", "a b.txt"),
        // A character in two parts.
        ("=?utf-8?Q?=C3?=  =?utf-8?Q?=A9.txt?=", "\u{e9}.txt"),
        ("1 =?utf-8?Q?a?= 2 =?utf-8?Q?b?= 3", "1 a 2 b 3"),
        // None of these is one.
        ("=?klingon?Q?a?=", "=?klingon?Q?a?="),
        ("=?utf-8?X?a?=", "=?utf-8?X?a?="),
        ("=?utf-8?B?*?=", "=?utf-8?B?*?="),
        ("what=?.txt", "what=?.txt"),
    ] {
        assert_eq!(read(&format!("filename=\"{sent}\"")), expected, "{sent}");
    }
}

proptest! {
    #[test]
    fn a_name_for_all_languages_reads_as_itself(sent in ".{1,40}") {
        let encoded = utf8_percent_encode(&sent, NON_ALPHANUMERIC);
        prop_assert_eq!(read(&format!("filename=\"x\"; filename*=utf-8''{encoded}")), sent);
    }

    #[test]
    fn a_name_as_browsers_send_it_reads_as_itself(sent in "[^\\x00-\\x1f\\x7f%=\\\\]{0,40}") {
        let encoded = sent.replace('"', "%22");
        prop_assert_eq!(read(&format!("filename=\"{encoded}\"; x=y")), sent);
    }

    #[test]
    fn whatever_is_sent_is_a_name_or_none(sent in "[ -~\u{80}-\u{ff}]{0,60}") {
        let _ = name(sent.as_bytes());
        let _ = name(format!("filename=\"=?utf-8?{sent}").as_bytes());
    }
}
