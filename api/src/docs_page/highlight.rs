//! Colours for code: texts, comments and variables, by one scan that suits all languages of the page. Pure.

use crate::views::html::escaped;

/// The code as HTML.
pub(super) fn highlight(language: &str, code: &str) -> String {
    let comment = match language {
        "sh" | "curl" | "python" => Some('#'),
        _ => None,
    };
    // Those of a shell are parts of addresses.
    let has_numbers = comment.is_none() || language == "python";
    let mut html = String::with_capacity(code.len() * 2);
    let mut rest = code;
    let mut before = '\n';
    while let Some(first) = rest.chars().next() {
        let (class, end) = match first {
            '"' | '\'' | '`' => ("s", text_end(rest, first)),
            '#' if comment == Some('#') && before.is_whitespace() => {
                ("c", rest.find('\n').unwrap_or(rest.len()))
            }
            '$' => ("v", word_end(rest, 1)),
            first if has_numbers && first.is_ascii_digit() && !before.is_alphanumeric() => {
                ("n", number_end(rest))
            }
            first if first.is_alphabetic() => {
                let end = word_end(rest, 0);
                (
                    if is_keyword(language, &rest[..end]) {
                        "k"
                    } else {
                        ""
                    },
                    end,
                )
            }
            _ => ("", first.len_utf8()),
        };
        let (piece, after) = rest.split_at(end.max(first.len_utf8()).min(rest.len()));
        if class.is_empty() || piece.len() < 2 && class == "v" {
            html.push_str(&escaped(piece));
        } else {
            html.push_str("<span class=\"");
            html.push_str(class);
            html.push_str("\">");
            html.push_str(&escaped(piece));
            html.push_str("</span>");
        }
        before = piece.chars().next_back().unwrap_or(before);
        rest = after;
    }
    html
}

/// The end of a quoted text.
fn text_end(code: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, letter) in code.char_indices().skip(1) {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            letter if letter == quote => return at + quote.len_utf8(),
            _ => {}
        }
    }
    code.len()
}

fn word_end(code: &str, from: usize) -> usize {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    code[from..]
        .find(|letter| !is_part(letter))
        .map_or(code.len(), |end| from + end)
}

fn number_end(code: &str) -> usize {
    code.find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(code.len())
}

fn is_keyword(language: &str, word: &str) -> bool {
    let words: &[&str] = match language {
        "sh" | "curl" => &["curl", "export"],
        "python" => &[
            "import", "from", "with", "as", "for", "in", "None", "True", "False",
        ],
        "typescript" => &[
            "const", "await", "new", "import", "from", "null", "true", "false",
        ],
        "json" => &["null", "true", "false"],
        _ => &[],
    };
    words.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_numbers_words_and_variables_have_classes_and_are_escaped() {
        assert_eq!(
            highlight("json", r#"{"a<": [1.5, true, null]}"#),
            "{<span class=\"s\">&quot;a&lt;&quot;</span>: [<span class=\"n\">1.5</span>, \
             <span class=\"k\">true</span>, <span class=\"k\">null</span>]}"
        );
        assert_eq!(
            highlight("sh", "curl $API"),
            "<span class=\"k\">curl</span> <span class=\"v\">$API</span>"
        );
        assert_eq!(
            highlight("sh", "# it's"),
            "<span class=\"c\"># it&#39;s</span>"
        );
        assert_eq!(
            highlight("python", "x1 = 'a\\'b'"),
            "x1 = <span class=\"s\">&#39;a\\&#39;b&#39;</span>"
        );
    }

    #[test]
    fn an_open_text_and_other_letters_end_well() {
        assert_eq!(highlight("json", "\"é"), "<span class=\"s\">&quot;é</span>");
        assert_eq!(highlight("json", "€ é$"), "€ é$");
    }
}
