//! A real server on loopback that plays every host from which media come, well-behaved or not.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use crate::harness::Site;

/// A photograph-like picture: many colours.
pub(crate) fn photograph(width: u32, height: u32) -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| {
        Rgb([(x % 251) as u8, (y % 241) as u8, ((x * y) % 239) as u8])
    }))
}

pub(crate) fn bytes(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut out, format).unwrap();
    out.into_inner()
}

/// An origin that remembers what it was asked; it ends with the test.
pub(crate) struct Origin {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

/// A request: its path (what follows the method), and its headers as they came.
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) headers: String,
}

impl Origin {
    /// Answers every path with a status, a type and a body.
    pub(crate) fn serve(answer: impl Fn(&str) -> (u16, &'static str, Vec<u8>) + Send + Sync + 'static) -> Self {
        Self::behaving(move |request, stream| {
            let (status, kind, body) = answer(&request.path);
            respond(stream, status, &format!("Content-Type: {kind}\r\n"), &body);
        })
    }

    /// Does with each connection, after its request, what it is told; each on a thread of its own.
    pub(crate) fn behaving(behave: impl Fn(&Request, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, behave) = (Arc::clone(&asked), Arc::new(behave));
        std::thread::spawn(move || {
            for mut stream in listener.incoming().take(500).flatten() {
                let (log, behave) = (Arc::clone(&log), Arc::clone(&behave));
                std::thread::spawn(move || {
                    if let Some(request) = read(&stream) {
                        log.lock().unwrap().push(request.path.clone());
                        behave(&request, &mut stream);
                    }
                });
            }
        });
        Self { port, asked }
    }

    /// The paths it was asked for, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// A site for which it plays `pics.example.org` and the proxy `images.weserv.nl`.
    pub(crate) fn site(&self) -> Site {
        self.site_with("")
    }

    /// The same with lines for `[media]`.
    pub(crate) fn site_with(&self, lines: &str) -> Site {
        Site::new().config(&format!(
            "[media]\nallow_private = true\n{lines}\n[[media.rewrite]]\nfrom = \"https://pics.example.org/\"\nto = \"http://127.0.0.1:{0}/\"\n[[media.rewrite]]\nfrom = \"https://images.weserv.nl/\"\nto = \"http://127.0.0.1:{0}/proxy/\"",
            self.port
        ))
    }
}

/// Reads a request's head.
pub(crate) fn read(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines().map_while(Result::ok);
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers = lines.take_while(|line| !line.is_empty()).fold(String::new(), |all, line| all + &line + "\n");
    Some(Request { path, headers })
}

/// Answers with a body of the length that it has, and closes the connection.
pub(crate) fn respond(stream: &mut TcpStream, status: u16, headers: &str, body: &[u8]) {
    let length = body.len();
    let head = format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n");
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body);
}

/// An article with a body.
pub(crate) fn article(body: &str) -> String {
    format!("---\ntitle: T\ndate: 2024-01-01\nlink: https://e.example.org/1\n---\n<p>text</p>{body}")
}
