//! Owns the reading of a file line by line in bounded memory, whatever is in it, compressed with gzip or not.

use std::io::{self, BufRead, BufReader, Read};

use flate2::read::MultiGzDecoder;

/// Longest line. A layout sample of 600 boxes has a tenth of it.
pub const LINE_BYTES: usize = 1024 * 1024;
const BUFFER_BYTES: usize = 64 * 1024;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// How much more than its own size a compressed file may hold: an export has 10 to 40 times its size, a file that is made to
/// be large a thousand times.
const MOST_RATIO: u64 = 200;
/// So much may be in any file.
const FREE_BYTES: u64 = 64 * 1024 * 1024;

/// The lines of a file.
pub struct Lines<R> {
    source: BufReader<Source<R>>,
    line: Vec<u8>,
    number: u64,
}

enum Source<R> {
    Plain(Counted<R>),
    Gzip { decoder: Box<MultiGzDecoder<Counted<R>>>, decoded: u64 },
}

/// Counts what is read of the file itself.
struct Counted<R> {
    start: io::Cursor<Vec<u8>>,
    rest: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut read = self.start.read(buffer)?;
        if read == 0 {
            read = self.rest.read(buffer)?;
        }
        self.bytes += read as u64;
        Ok(read)
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.read(buffer),
            Self::Gzip { decoder, decoded } => {
                let read = decoder.read(buffer)?;
                *decoded += read as u64;
                let limit = FREE_BYTES.max(decoder.get_ref().bytes.saturating_mul(MOST_RATIO));
                if *decoded > limit {
                    let why = format!("the file holds more than {MOST_RATIO} times its size, which no export does");
                    return Err(io::Error::new(io::ErrorKind::InvalidData, why));
                }
                Ok(read)
            }
        }
    }
}

impl<R: Read> Lines<R> {
    /// Starts reading. Whether the file is compressed, its first bytes say.
    pub fn of(mut file: R) -> io::Result<Self> {
        let mut start = Vec::new();
        file.by_ref().take(GZIP_MAGIC.len() as u64).read_to_end(&mut start)?;
        let is_gzip = start == GZIP_MAGIC;
        let counted = Counted { start: io::Cursor::new(start), rest: file, bytes: 0 };
        let source = if is_gzip {
            Source::Gzip { decoder: Box::new(MultiGzDecoder::new(counted)), decoded: 0 }
        } else {
            Source::Plain(counted)
        };
        Ok(Self { source: BufReader::with_capacity(BUFFER_BYTES, source), line: Vec::new(), number: 0 })
    }

    /// Returns the next line without its end, none at the end of the file. `joined`: whether the line goes on with the next
    /// one, as a quoted field of CSV may.
    pub fn next(&mut self, joined: impl Fn(&[u8]) -> bool) -> io::Result<Option<&[u8]>> {
        self.line.clear();
        loop {
            let room = (LINE_BYTES - self.line.len()) as u64 + 1;
            let read = self.source.by_ref().take(room).read_until(b'\n', &mut self.line)?;
            if read == 0 {
                return Ok((!self.line.is_empty()).then_some(self.line.as_slice()));
            }
            self.number += 1;
            if self.line.len() > LINE_BYTES {
                let why = format!("line {} is longer than {LINE_BYTES} bytes", self.number);
                return Err(io::Error::new(io::ErrorKind::InvalidData, why));
            }
            if self.line.last() != Some(&b'\n') || !joined(&self.line) {
                break;
            }
        }
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
        }
        if self.line.last() == Some(&b'\r') {
            self.line.pop();
        }
        let start = if self.number == 1 && self.line.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Ok(Some(&self.line[start..]))
    }

    /// Returns the number of the last line that was read, counted from 1.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Returns how many bytes of the file were read.
    pub fn bytes(&self) -> u64 {
        match self.source.get_ref() {
            Source::Plain(file) => file.bytes,
            Source::Gzip { decoder, .. } => decoder.get_ref().bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn zipped(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn all(file: &[u8]) -> io::Result<Vec<String>> {
        let mut lines = Lines::of(file)?;
        let mut found = Vec::new();
        while let Some(line) = lines.next(|_| false)? {
            found.push(String::from_utf8(line.to_vec()).unwrap());
        }
        Ok(found)
    }

    #[test]
    fn lines_are_read_plain_and_compressed() {
        for (text, lines) in
            [("", vec![]), ("a", vec!["a"]), ("\u{feff}a\r\n\nb\n", vec!["a", "", "b"]), ("\n", vec![""])]
        {
            assert_eq!(all(text.as_bytes()).unwrap(), lines, "{text:?}");
            assert_eq!(all(&zipped(text.as_bytes())).unwrap(), lines, "{text:?} compressed");
        }
        let two = [zipped(b"a\n"), zipped(b"b\n")].concat();
        assert_eq!(all(&two).unwrap(), ["a", "b"], "members one after the other");
        let cut = zipped(b"a\nb\n");
        assert!(all(&cut[..cut.len() - 4]).is_err(), "a file that was cut off");
    }

    #[test]
    fn a_line_and_a_bomb_are_bounded() {
        let long = all(&vec![b'x'; LINE_BYTES + 1]).unwrap_err().to_string();
        assert!(long.contains("line 1 is longer"), "{long}");
        assert_eq!(all(&vec![b'x'; LINE_BYTES]).unwrap()[0].len(), LINE_BYTES);
        let bomb = zipped(&vec![b'\n'; 80 * 1024 * 1024]);
        assert!(all(&bomb).unwrap_err().to_string().contains("times its size"));
    }
}
