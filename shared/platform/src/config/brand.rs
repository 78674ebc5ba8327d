//! The look of mails and pages: name, logo and colour.

use crate::config::reader::Reader;
use domain::attachments::Inspector;
use std::{fmt, fs, str::FromStr};

/// The largest logo: it is a part of each mail.
const LARGEST_LOGO: usize = 64 * 1024;
/// Formats that mail programs show. They do not show SVG.
const FORMATS: [&str; 3] = ["image/png", "image/jpeg", "image/gif"];

/// The look of mails and pages.
#[derive(Debug)]
pub struct Brand {
    /// The name.
    pub name: String,
    /// The logo; without one the name is shown.
    pub logo: Option<Logo>,
    /// The background of buttons.
    pub color: Color,
}

/// The image of a logo.
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    /// Its media type.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Logo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Logo({}, {} bytes)", self.media_type, self.bytes.len())
    }
}

/// A colour of sRGB; printed as `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color {
    red: u8,
    green: u8,
    blue: u8,
}

impl Color {
    const BLUE: Self = Self::new(0x1d, 0x4e, 0xd8);
    const WHITE: Self = Self::new(0xff, 0xff, 0xff);
    const BLACK: Self = Self::new(0, 0, 0);

    const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// The colour of text on it, black or white: the one with more contrast. That is at least 4.58, so that
    /// text is legible (4.5, WCAG 2.2, 1.4.3) on every colour.
    #[must_use]
    pub fn text_on_it(self) -> Self {
        if self.contrast(Self::WHITE) >= self.contrast(Self::BLACK) {
            Self::WHITE
        } else {
            Self::BLACK
        }
    }

    /// The contrast ratio of two colours, 1 to 21 (WCAG 2.2).
    fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// The relative luminance, 0 to 1 (WCAG 2.2).
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

/// The text is no colour.
#[derive(Debug)]
pub struct NoColor;

impl FromStr for Color {
    type Err = NoColor;

    fn from_str(text: &str) -> Result<Self, NoColor> {
        let digits = text.strip_prefix('#').ok_or(NoColor)?;
        if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(NoColor);
        }
        let number = u32::from_str_radix(digits, 16).map_err(|_| NoColor)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self::new(red, green, blue))
    }
}

/// Reads the settings of the brand, and the file of the logo.
pub fn brand(read: &mut Reader) -> Brand {
    let name = read.needed("BRAND_NAME");
    if name.chars().count() > 100 || name.chars().any(char::is_control) {
        read.problem("BRAND_NAME", "must be one line of at most 100 characters");
    }
    Brand {
        name,
        logo: logo(read),
        color: read.parsed("BRAND_COLOR", Color::BLUE, "a colour such as #1d4ed8"),
    }
}

fn logo(read: &mut Reader) -> Option<Logo> {
    let path = read.text("BRAND_LOGO");
    if path.is_empty() {
        return None;
    }
    match fs::read(path) {
        Ok(bytes) if bytes.len() > LARGEST_LOGO => {
            read.problem("BRAND_LOGO", "must be a file of at most 64 KiB");
            None
        }
        Ok(bytes) => {
            let media_type = format(&bytes);
            if media_type.is_none() {
                read.problem("BRAND_LOGO", "must be a PNG, JPEG or GIF file");
            }
            media_type.map(|media_type| Logo { media_type, bytes })
        }
        Err(error) => {
            read.problem("BRAND_LOGO", format_args!("cannot be read: {error}"));
            None
        }
    }
}

/// The media type of an image, found from its bytes.
fn format(bytes: &[u8]) -> Option<&'static str> {
    let mut inspector = Inspector::default();
    inspector.look(bytes);
    let found = inspector.find().ok()?.media_type;
    FORMATS.into_iter().find(|format| *format == found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Settings};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_is_legible_on_every_colour(red: u8, green: u8, blue: u8) {
            let color = Color::new(red, green, blue);
            prop_assert!(color.contrast(color.text_on_it()) >= 4.5, "{color}");
            let read: Color = color.to_string().parse().unwrap();
            prop_assert_eq!(read, color);
        }

        #[test]
        fn any_other_text_is_no_colour(text in "\\PC{0,8}|#[0-9a-zA-Z]{0,8}") {
            if let Ok(color) = text.parse::<Color>() {
                prop_assert_eq!(color.to_string(), text.to_ascii_lowercase());
            }
        }
    }

    #[test]
    fn the_contrast_of_known_pairs_is_as_published() {
        let color = |text: &str| text.parse::<Color>().unwrap();
        let contrast = |one, other| (color(one).contrast(color(other)) * 100.0).round() / 100.0;
        for (one, other, ratio) in [
            ("#000000", "#ffffff", 21.0),
            ("#ffffff", "#ffffff", 1.0),
            ("#777777", "#ffffff", 4.48),
            ("#767676", "#ffffff", 4.54),
        ] {
            assert!((contrast(one, other) - ratio).abs() < f64::EPSILON);
        }
        assert_eq!(color("#1d4ed8").text_on_it(), Color::WHITE);
        assert_eq!(color("#ffd500").text_on_it(), Color::BLACK);
    }

    fn read(set: &[(&str, &str)]) -> (Config, Vec<String>) {
        let settings = Settings::load(|name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        let (config, mut problems) = Config::gather(&settings.unwrap());
        problems.retain(|problem| problem.starts_with("BRAND") || problem.starts_with("TICKET"));
        (config, problems)
    }

    #[test]
    fn a_wrong_setting_of_the_brand_is_a_problem_at_the_start() {
        let here = env!("CARGO_MANIFEST_DIR");
        let (manifest, nothing) = (format!("{here}/Cargo.toml"), format!("{here}/nothing.png"));
        for (setting, value) in [
            ("BRAND_NAME", "two\nlines"),
            ("BRAND_COLOR", "blue"),
            ("BRAND_COLOR", "#12345"),
            ("BRAND_LOGO", &manifest),
            ("BRAND_LOGO", &nothing),
            ("TICKET_URL", "https://app.example.com/tickets"),
        ] {
            let (_, problems) = read(&[(setting, value)]);
            assert_eq!(problems.len(), 1, "{setting} {value}: {problems:?}");
        }
        let (config, problems) = read(&[]);
        assert_eq!(problems, [""; 0]);
        assert_eq!(config.brand.color, Color::BLUE);
        assert!(config.brand.logo.is_none() && config.http.ticket_url.is_none());
    }
}
