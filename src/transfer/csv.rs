//! Owns the reading of one record of CSV (RFC 4180): its fields. It does not read files.

/// Tells whether a record goes on in the next line: a quoted field is open.
pub fn is_open(record: &[u8]) -> bool {
    record.iter().filter(|&&byte| byte == b'"').count() % 2 == 1
}

/// Returns the fields of a record, none where its quotes are wrong or it is no UTF-8.
pub fn fields(record: &[u8]) -> Option<Vec<String>> {
    let text = str::from_utf8(record).ok()?;
    let mut fields = Vec::new();
    let mut rest = text;
    loop {
        let (field, after) = if let Some(quoted) = rest.strip_prefix('"') {
            quoted_field(quoted)?
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            if rest[..end].contains('"') {
                return None;
            }
            (rest[..end].to_owned(), &rest[end..])
        };
        fields.push(field);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None => return after.is_empty().then_some(fields),
        }
    }
}

/// Reads a field after its first quote. Returns it, and what follows its last one.
fn quoted_field(text: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let end = rest.find('"')?;
        field.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(next) => {
                field.push('"');
                rest = next;
            }
            None => return Some((field, rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_are_read_with_and_without_quotes() {
        let cases: [(&str, Option<&[&str]>); 9] = [
            ("", Some(&[""])),
            ("a,b", Some(&["a", "b"])),
            ("a,,", Some(&["a", "", ""])),
            (r#""a,b",c"#, Some(&["a,b", "c"])),
            (r#""say ""hi""","""#, Some(&[r#"say "hi""#, ""])),
            (r#""say ""hi""","""""#, Some(&[r#"say "hi""#, "\""])),
            ("\"two\nlines\",x", Some(&["two\nlines", "x"])),
            (r#"a"b,c"#, None),
            (r#""a"b,c"#, None),
        ];
        for (record, expected) in cases {
            let found = fields(record.as_bytes());
            assert_eq!(
                found.as_ref().map(|found| found.iter().map(String::as_str).collect::<Vec<_>>()).as_deref(),
                expected,
                "{record}"
            );
        }
        assert!(is_open(b"a,\"b\n") && !is_open(b"a,\"b\"\"\"\n"));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(expected in proptest::collection::vec(".{0,20}", 1..6)) {
            let quoted: Vec<String> = expected.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\""))).collect();
            prop_assert_eq!(fields(quoted.join(",").as_bytes()), Some(expected));
        }
    }
}
