//! Names of files: what is kept of them, and under which ending they are saved.

use super::*;

fn kept(sent: &str) -> String {
    file_name(Some(sent), Kind::of("image/png").unwrap())
}

#[test]
fn of_a_name_that_is_kept_what_can_do_no_harm() {
    for (sent, expected) in [
        ("photo.png", "photo.png"),
        (
            "my photo (1) – café 写真.png",
            "my photo (1) – café 写真.png",
        ),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\photo.png", "photo.png"),
        ("a\r\nSet-Cookie: x=1.png", "aSet-Cookie: x=1.png"),
        ("nul\0.png", "nul.png"),
        ("gnp.\u{202e}exe.png", "gnp.exe.png"),
        ("say \"hi\".png", "say \"hi\".png"),
        ("  .png ", ".png"),
        ("", "file.png"),
        ("..", "file.png"),
        ("/", "file.png"),
        (" \t ", "file.png"),
    ] {
        assert_eq!(kept(sent), expected, "{sent:?}");
    }
    assert_eq!(file_name(None, Kind::of("text/plain").unwrap()), "file.txt");
}

#[test]
fn of_the_name_of_a_linked_file_the_same_is_kept() {
    for (sent, expected) in [
        ("photo\u{202e}gpj.exe", "photogpj.exe"),
        ("a\u{61c}b\u{2067}.txt", "ab.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\photo.png", "photo.png"),
        ("a\r\nb\u{2028}c.txt", "abc.txt"),
        ("", "file"),
        ("..", "file"),
        ("folder/", "file"),
    ] {
        assert_eq!(linked_file_name(sent), expected, "{sent:?}");
    }
}

#[test]
fn a_name_that_is_too_long_keeps_its_ending() {
    let long = kept(&format!("{}.png", "é".repeat(300)));
    assert_eq!(long.chars().count(), 255);
    assert!(long.ends_with("é.png"));
    assert_eq!(kept(&"x".repeat(300)).len(), 255);
    assert_eq!(kept(&format!("x.{}", "y".repeat(300))).len(), 255);
}

#[test]
fn a_file_is_saved_under_an_ending_that_agrees_with_what_it_is() {
    for (name, kind, expected) in [
        ("photo.png", "image/png", "photo.png"),
        ("PHOTO.JPEG", "image/jpeg", "PHOTO.JPEG"),
        ("notes.txt", "image/png", "notes.txt.png"),
        ("page.html", "text/plain", "page.html.txt"),
        ("run.bat.", "text/plain", "run.bat..txt"),
        ("data.csv", "text/plain", "data.csv"),
        ("unnamed", "application/pdf", "unnamed.pdf"),
        ("old.x", "application/x-gone", "old.x.bin"),
    ] {
        assert_eq!(name_on_disk(name, kind), expected, "{name} {kind}");
    }
}
