//! Bytes to and from a loopback port: HTTP/1.1, one request per connection, exactly what the test says.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// No answer of the product takes this long; a test that waits longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request. The path is sent as it is.
#[derive(Debug, Clone)]
pub struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Header names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as text; nothing where it is compressed.
    pub body: String,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Request {
    /// A request without a body.
    pub fn new(method: &str, path: &str) -> Self {
        Self { method: method.to_owned(), path: path.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    /// With a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a body.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// A posted form, as a browser on the page's own site sends it.
    pub fn form(address: &str, path: &str, pairs: &[(String, String)]) -> Self {
        Self::new("POST", path)
            .header("Origin", &format!("http://{address}"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(encoded(pairs))
    }

    /// A posted form with one file at its end, as a browser on the page's own site sends it.
    pub fn with_file(
        address: &str,
        path: &str,
        pairs: &[(String, String)],
        input: &str,
        file: &[u8],
    ) -> Self {
        const BOUNDARY: &str = "----zavicaj7MA4YWxkTrZu0gW";
        let mut body = Vec::new();
        for (name, value) in pairs {
            let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
            body.extend_from_slice(format!("{head}{value}\r\n").as_bytes());
        }
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{input}\"; filename=\"slika.jpg\"\r\n\
             Content-Type: image/jpeg\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        Self::new("POST", path)
            .header("Origin", &format!("http://{address}"))
            .header("Content-Type", &format!("multipart/form-data; boundary={BOUNDARY}"))
            .body(body)
    }

    /// Sends it; an error if the connection breaks.
    pub fn try_send(&self, address: &str) -> std::io::Result<Answer> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut head = format!("{} {} HTTP/1.1\r\nConnection: close\r\n", self.method, self.path);
        if !self.headers.iter().any(|(name, _)| name == "Host") {
            head.push_str(&format!("Host: {address}\r\n"));
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if self.method == "POST" {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes())?;
        // A server may answer "too large" before it has read everything, and close.
        let _ = stream.write_all(&self.body);
        let mut bytes = Vec::new();
        let read = stream.read_to_end(&mut bytes);
        parse(&bytes).ok_or_else(|| read.err().unwrap_or_else(|| std::io::Error::other("no HTTP answer")))
    }

    /// Sends it.
    pub fn send(&self, address: &str) -> Answer {
        self.try_send(address).unwrap_or_else(|error| panic!("{} {}: {error}", self.method, self.path))
    }
}

/// The address of a file of the theme whose name bears a fingerprint (`style.css`), as the front page names it.
pub fn themes_file(address: &str, name: &str) -> String {
    let page = Request::new("GET", "/").send(address).body;
    let (stem, extension) = name.rsplit_once('.').unwrap();
    let begin = format!("\"/{stem}.");
    let addresses = page.match_indices(&begin).map(|(at, _)| page[at + 1..].split('"').next().unwrap());
    let is_named = |address: &&str| address.ends_with(extension);
    addresses.into_iter().find(is_named).unwrap_or_else(|| panic!("no {name} on {page}")).to_owned()
}

impl Answer {
    /// A header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let is = |name: &str, value: &str| headers.iter().any(|header| header.0 == name && header.1 == value);
    let body = &bytes[end + 4..];
    let body = if is("transfer-encoding", "chunked") { unchunked(body)? } else { body.to_vec() };
    let is_plain = !headers.iter().any(|(name, _)| name == "content-encoding");
    let text = if is_plain { String::from_utf8(body.clone()).ok()? } else { String::new() };
    Some(Answer { status, headers, body: text, bytes: body })
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(end + 2..end + 2 + size)?);
        rest = rest.get(end + 4 + size..)?;
    }
}

/// `application/x-www-form-urlencoded` as browsers write it (URL standard).
pub fn encoded(pairs: &[(String, String)]) -> String {
    let one = |text: &str| {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                    char::from(byte).to_string()
                }
                b' ' => "+".to_owned(),
                other => format!("%{other:02X}"),
            })
            .collect::<String>()
    };
    let parts: Vec<_> = pairs.iter().map(|(name, value)| format!("{}={}", one(name), one(value))).collect();
    parts.join("&")
}
