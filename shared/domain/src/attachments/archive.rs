//! What is in an archive, found from its directory, which is at its end: an Office file may begin with
//! anything. Pure.

/// Bytes of the end that are kept. The directory of a document with a thousand parts has fewer.
const KEPT: usize = 128 * 1024;
/// What an archive begins with.
const ARCHIVE: &[u8] = b"PK\x03\x04";
const ENTRY: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
/// Bytes of an entry of the directory before its name.
const BEFORE_NAME: usize = 46;

/// Folders that Office files of the kinds have.
const OFFICE: [(&[u8], &str); 3] = [
    (
        b"word/",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (
        b"xl/",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    (
        b"ppt/",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
];
/// What every Office file has (ECMA-376, part 2).
const TYPES: &[u8] = b"[Content_Types].xml";

/// The end of a file as it arrives.
#[derive(Debug, Default)]
pub struct Tail(Vec<u8>);

impl Tail {
    /// Looks at the next bytes of a file that begins with `head`. Only of an archive anything is kept.
    pub fn look(&mut self, head: &[u8], bytes: &[u8]) {
        if !head.starts_with(ARCHIVE.get(..head.len().min(4)).unwrap_or_default()) {
            self.0 = Vec::new();
            return;
        }
        self.0.extend_from_slice(bytes);
        // Not at each look, which would move all of it for every few bytes.
        if self.0.len() > 2 * KEPT {
            self.0.drain(..self.0.len() - KEPT);
        }
    }

    /// The media type of the Office file that it is the end of.
    #[must_use]
    pub fn office(&self) -> Option<&'static str> {
        let names = names(directory(&self.0)?);
        if !names.contains(&TYPES) {
            return None;
        }
        let has = |folder: &[u8]| names.iter().any(|name| name.starts_with(folder));
        let mut kinds = OFFICE.iter().filter(|(folder, _)| has(folder));
        match (kinds.next(), kinds.next()) {
            (Some((_, media_type)), None) => Some(media_type),
            _ => None,
        }
    }
}

/// The directory, if all of it is there.
fn directory(tail: &[u8]) -> Option<&[u8]> {
    let end = tail.windows(END.len()).rposition(|window| window == END)?;
    let (before, end) = tail.split_at(end);
    let size = usize::try_from(u32::from_le_bytes(*end.get(12..)?.first_chunk()?)).ok()?;
    before.get(before.len().checked_sub(size)?..)
}

fn names(mut directory: &[u8]) -> Vec<&[u8]> {
    let mut names = Vec::new();
    while let Some((name, rest)) = entry(directory) {
        names.push(name);
        directory = rest;
    }
    names
}

/// The name of the first entry, and the entries after it.
fn entry(directory: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = |at: usize| {
        let bytes = directory.get(at..)?.first_chunk()?;
        Some(usize::from(u16::from_le_bytes(*bytes)))
    };
    let (name, more) = (length(28)?, length(30)? + length(32)?);
    let (head, rest) = directory.split_at_checked(BEFORE_NAME)?;
    let (name, rest) = rest.split_at_checked(name)?;
    head.starts_with(ENTRY).then_some((name, rest.get(more..)?))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An archive with files of these names, each of which has that content.
    pub fn archive(names: &[&str], content: &[u8]) -> Vec<u8> {
        let number = |count: usize| u16::try_from(count).unwrap().to_le_bytes();
        let size = |count: usize| u32::try_from(count).unwrap().to_le_bytes();
        let (mut files, mut directory) = (Vec::new(), Vec::new());
        for name in names {
            let offset = size(files.len());
            let sizes = [size(content.len()), size(content.len())].concat();
            let about = [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &sizes].concat();
            let name_length = number(name.len());
            let local = [ARCHIVE, &about, &name_length, &[0, 0], name.as_bytes()];
            files.extend(local.concat());
            files.extend(content);
            let rest = [&[0; 12][..], &offset].concat();
            let entry = [
                ENTRY,
                &[20, 0],
                &about,
                &name_length,
                &rest,
                name.as_bytes(),
            ];
            directory.extend(entry.concat());
        }
        let count = number(names.len());
        let end = [END, &[0; 4], &count, &count, &size(directory.len())].concat();
        let offset = size(files.len());
        [files, directory, end, offset.to_vec(), vec![0, 0]].concat()
    }

    fn office(bytes: &[u8]) -> Option<&'static str> {
        let mut tail = Tail::default();
        for piece in bytes.chunks(1_000) {
            tail.look(bytes.get(..4).unwrap_or(bytes), piece);
        }
        tail.office()
    }

    #[test]
    fn an_office_file_is_one_wherever_its_parts_are() {
        let padding = vec![b'x'; 40_000];
        for (names, ending) in [
            (
                &[
                    "[Content_Types].xml",
                    "customXml/item1.xml",
                    "docProps/app.xml",
                    "word/document.xml",
                ][..],
                Some("wordprocessingml.document"),
            ),
            (
                &[
                    "docProps/app.xml",
                    "_rels/.rels",
                    "[Content_Types].xml",
                    "ppt/presentation.xml",
                ],
                Some("presentationml.presentation"),
            ),
            (
                &[
                    "[Content_Types].xml",
                    "a",
                    "b",
                    "c",
                    "d",
                    "e",
                    "xl/workbook.xml",
                ],
                Some("spreadsheetml.sheet"),
            ),
            // None of these is one, or not of one kind.
            (&["word/document.xml", "a.txt"], None),
            (&["[Content_Types].xml", "crossword/a.txt"], None),
            (&["[Content_Types].xml", "word/a", "xl/b"], None),
            (&["a.txt"], None),
        ] {
            let found = office(&archive(names, &padding));
            let found = found.map(|found| {
                found
                    .rsplit_once("openxmlformats-officedocument.")
                    .unwrap()
                    .1
            });
            assert_eq!(found, ending, "{names:?}");
        }
    }

    #[test]
    fn an_archive_in_an_archive_does_not_count() {
        let inner = archive(&["[Content_Types].xml", "word/document.xml"], b"x");
        assert!(office(&inner).is_some());
        assert_eq!(office(&archive(&["letter.docx"], &inner)), None);
    }

    #[test]
    fn what_is_cut_off_or_no_archive_is_none() {
        let whole = archive(&["[Content_Types].xml", "word/document.xml"], b"x");
        for end in 0..whole.len() - 6 {
            assert_eq!(office(&whole[..end]), None, "{end}");
        }
        assert_eq!(office(&[&b"MZ"[..], &whole].concat()), None);
    }

    proptest! {
        #[test]
        fn whatever_an_archive_ends_with_is_read_or_not(
            end in proptest::collection::vec(any::<u8>(), 0..200), cut in 0..200_usize,
        ) {
            let whole = archive(&["[Content_Types].xml", "word/document.xml"], b"x");
            let kept = whole.get(..whole.len().saturating_sub(cut)).unwrap();
            office(&[kept, end.as_slice()].concat());
            office(&[ARCHIVE, END, end.as_slice()].concat());
        }
    }
}
