//! The segments of a text: what a provider charges for. Networks join the segments of a longer text again, for which
//! each has a header, and so fewer characters. Pure.

use super::gsm7;
use crate::text_enum;
use unicode_segmentation::UnicodeSegmentation;

text_enum! {
    /// How the characters of a text travel.
    pub enum Encoding {
        /// The alphabet of GSM: 160 units in one segment, 153 in each of several.
        Gsm7 = "gsm7",
        /// UTF-16: 70 units in one segment, 67 in each of several.
        Ucs2 = "ucs2",
    }
}

impl Encoding {
    /// The units of a text of one segment, and those of each of several.
    const fn sizes(self) -> (usize, usize) {
        match self {
            Self::Gsm7 => (160, 153),
            Self::Ucs2 => (70, 67),
        }
    }

    /// The most units of a text that takes up to `segments`.
    const fn room(self, segments: usize) -> usize {
        let (single, part) = self.sizes();
        if segments <= 1 {
            single
        } else {
            part * segments
        }
    }

    fn units(self, letter: char) -> usize {
        match self {
            Self::Gsm7 => gsm7::units(letter).unwrap_or(1),
            Self::Ucs2 => letter.len_utf16(),
        }
    }
}

/// The encoding of a text, and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segments {
    /// The encoding.
    pub encoding: Encoding,
    /// Septets, or UTF-16 units.
    pub units: usize,
    /// The segments, at least one.
    pub count: usize,
}

impl Segments {
    /// Those of a text. An extended character and a surrogate pair are never torn apart: what does not fit as a whole
    /// begins the next segment.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let encoding = if text.chars().all(gsm7::is_gsm7) {
            Encoding::Gsm7
        } else {
            Encoding::Ucs2
        };
        let units = text.chars().map(|letter| encoding.units(letter)).sum();
        let (single, part) = encoding.sizes();
        let mut count = 1;
        if units > single {
            let mut used = 0;
            for width in text.chars().map(|letter| encoding.units(letter)) {
                if used + width > part {
                    count += 1;
                    used = 0;
                }
                used += width;
            }
        }
        Self {
            encoding,
            units,
            count,
        }
    }
}

/// A text before a part that may be shortened, which then ends in `...`, so that the whole takes at most that many
/// segments. Letters with their marks stay whole. The part goes altogether where nothing of it would fit.
#[must_use]
pub fn shortened(fixed: &str, part: &str, segments: usize) -> String {
    const MARK: &str = "...";
    let whole = format!("{fixed}{part}");
    let counted = Segments::of(&whole);
    if counted.count <= segments {
        return whole;
    }
    let units = |text: &str| -> usize {
        text.chars()
            .map(|letter| counted.encoding.units(letter))
            .sum()
    };
    // A pair that is not torn may leave a unit of each segment empty.
    let room = counted.encoding.room(segments).saturating_sub(segments - 1);
    let room = room.saturating_sub(units(fixed) + MARK.len());
    let (mut kept, mut used) = (0, 0);
    for letter in part.graphemes(true) {
        used += units(letter);
        if used > room {
            break;
        }
        kept += letter.len();
    }
    match part.get(..kept).map(str::trim_end) {
        Some(kept) if !kept.is_empty() => format!("{fixed}{kept}{MARK}"),
        Some(_) | None => fixed.trim_end().trim_end_matches(':').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn counted(text: &str) -> (&'static str, usize, usize) {
        let Segments {
            encoding,
            units,
            count,
        } = Segments::of(text);
        (encoding.as_str(), units, count)
    }

    #[test]
    fn segments_end_where_the_standard_says() {
        for (text, expected) in [
            (String::new(), ("gsm7", 0, 1)),
            ("a".repeat(160), ("gsm7", 160, 1)),
            ("a".repeat(161), ("gsm7", 161, 2)),
            ("a".repeat(306), ("gsm7", 306, 2)),
            ("a".repeat(307), ("gsm7", 307, 3)),
            ("€".repeat(80), ("gsm7", 160, 1)),
            ("€".repeat(81), ("gsm7", 162, 2)),
            ("ж".repeat(70), ("ucs2", 70, 1)),
            ("ж".repeat(71), ("ucs2", 71, 2)),
            ("ж".repeat(134), ("ucs2", 134, 2)),
            ("ж".repeat(135), ("ucs2", 135, 3)),
            ("😀".repeat(35), ("ucs2", 70, 1)),
            // One typographic apostrophe more than halves a message.
            (format!("{}’", "a".repeat(70)), ("ucs2", 71, 2)),
        ] {
            assert_eq!(counted(&text), expected, "{text}");
        }
    }

    #[test]
    fn a_pair_of_either_kind_is_not_torn_apart() {
        // 33 emojis are 66 units, and the 34th does not fit into 67: npm's sms-length tears it, and says 2.
        assert_eq!(counted(&"😀".repeat(67)), ("ucs2", 134, 3));
        // 152 units, then an extended character that would need two: it begins the next segment.
        let text = format!("{}€{}", "a".repeat(152), "a".repeat(152));
        assert_eq!(counted(&text), ("gsm7", 306, 3));
    }

    #[test]
    fn a_part_is_shortened_until_the_whole_fits() {
        assert_eq!(shortened("TKT: ", "short", 1), "TKT: short");
        let text = shortened("TKT: ", &"word ".repeat(50), 1);
        assert!(text.ends_with("..."), "{text}");
        assert_eq!(Segments::of(&text).count, 1);
        assert_eq!(shortened(&"a".repeat(160), "more", 1), "a".repeat(160));
        // No letter without its mark, and no half of a family.
        let family = shortened("", &"👩‍👩‍👧".repeat(20), 1);
        assert!(family.trim_end_matches("...").ends_with('👧'), "{family}");
    }

    proptest! {
        #[test]
        fn a_shortened_text_takes_no_more_segments_than_it_may(
            fixed in "[a-zA-Z€é ]{0,60}", part in "\\PC{0,400}", segments in 1_usize..4,
        ) {
            let text = shortened(&fixed, &part, segments);
            prop_assert!(Segments::of(&text).count <= segments);
            prop_assert!(text.starts_with(fixed.trim_end().trim_end_matches(':')));
        }
    }
}
