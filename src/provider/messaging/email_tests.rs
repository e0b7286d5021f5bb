//! Against a small SMTP server on this machine's loopback: lines in, lines out.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// The lines the server got.
type Seen = Arc<Mutex<Vec<String>>>;

/// A command that is answered in another way than by yes; `None` never answers.
type Odd = (&'static str, Option<&'static str>);

async fn serve(stream: TcpStream, seen: Seen, odd: &'static [Odd]) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = "greeting".to_owned();
    let mut in_mail = false;
    loop {
        let reply = if in_mail && line != "." {
            None
        } else if let Some((_, reply)) = odd.iter().find(|(command, _)| line.starts_with(command)) {
            let Some(reply) = reply else { return std::future::pending().await };
            Some(*reply)
        } else {
            Some(match line.split(' ').next().unwrap_or_default() {
                "greeting" => "220 mail.example.do ESMTP",
                "EHLO" => "250-mail.example.do\r\n250-8BITMIME\r\n250 AUTH PLAIN",
                "AUTH" => "235 2.7.0 welcome",
                "DATA" => "354 go on",
                "QUIT" => "221 bye",
                _ => "250 2.0.0 ok",
            })
        };
        in_mail = (in_mail && line != ".") || reply.is_some_and(|reply| reply.starts_with("354"));
        if let Some(reply) = reply {
            stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
        }
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        line.truncate(line.trim_end().len());
        seen.lock().unwrap().push(line.clone());
    }
}

async fn server(odd: &'static [Odd]) -> (MailServer, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Seen::default();
    let lines = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, Arc::clone(&lines), odd));
        }
    });
    (configured("127.0.0.1", port), seen)
}

fn configured(host: &str, port: u16) -> MailServer {
    MailServer {
        host: host.into(),
        port,
        security: Security::None,
        login: None,
        from: "Guardia <guardia@example.do>".into(),
    }
}

fn mail<'a>() -> Mail<'a> {
    Mail {
        id: "notice-7",
        to: "ana@example.gob.do",
        subject: "CRÍTICO 4821\r\nBcc: todos@example.do",
        text: "Correo caído.\n.\nResponda 4821 A",
        language: Language::Es,
        urgent: true,
    }
}

async fn send(server: MailServer, mail: &Mail<'_>) -> Result<(), SendError> {
    Email::new(server, Clock::machine(), Limits::default()).unwrap().send(mail).await
}

#[tokio::test]
async fn a_mail_is_sent_with_all_it_needs() {
    let (server, seen) = server(&[]).await;
    let (clock, _hand) = Clock::simulated("2026-03-08T02:00:00Z".parse().unwrap());
    let email = Email::new(server, clock, Limits::default()).unwrap();
    // As a job does, which may move between threads.
    tokio::spawn(async move { email.send(&mail()).await }).await.unwrap().unwrap();
    let seen = seen.lock().unwrap();
    let place = |text: &str| seen.iter().position(|line| line == text).unwrap_or_else(|| panic!("{text} in {seen:#?}"));
    let commands = ["EHLO example.do", "MAIL FROM:<guardia@example.do>", "RCPT TO:<ana@example.gob.do>", "DATA", "."];
    assert!(commands.map(place).is_sorted());
    for header in [
        "From: Guardia <guardia@example.do>",
        "To: ana@example.gob.do",
        "Message-ID: <notice-7@example.do>",
        "Date: Sun, 08 Mar 2026 02:00:00 +0000",
        "Auto-Submitted: auto-generated",
        "Content-Language: es",
        "Importance: high",
        "Content-Type: text/plain; charset=utf-8",
    ] {
        assert!(place(header) > place("DATA"));
    }
    assert!(seen.iter().all(|line| line.is_ascii() && !line.starts_with("Bcc:")), "{seen:#?}");
}

#[tokio::test]
async fn a_text_arrives_as_it_was_written() {
    let (server, seen) = server(&[]).await;
    let text = "=A & B?\n.\n..\nfin";
    send(server, &Mail { text, ..mail() }).await.unwrap();
    let seen = seen.lock().unwrap();
    let empty = seen.iter().position(String::is_empty).unwrap();
    let end = seen.iter().position(|line| line == ".").unwrap();
    // Dots at the start of a line are doubled on the way (RFC 5321, section 4.5.2).
    let body: Vec<_> = seen[empty + 1..end].iter().map(|line| line.strip_prefix('.').unwrap_or(line)).collect();
    assert_eq!(body.join("\n").trim_end().replace("=3D", "="), text);
}

#[tokio::test]
async fn a_login_is_given_where_it_is_wanted() {
    let (server, seen) = server(&[]).await;
    let login = Some(("guardia".to_owned(), Secret::new("hunter2")));
    send(MailServer { login, ..server }, &mail()).await.unwrap();
    let plain = base64::engine::general_purpose::STANDARD.encode("\0guardia\0hunter2");
    assert!(seen.lock().unwrap().contains(&format!("AUTH PLAIN {plain}")));
}

#[tokio::test]
async fn refusals_are_classed_by_the_step_and_show_no_address() {
    let no_user: &[Odd] = &[("RCPT", Some("550 5.1.1 <ana@example.gob.do> no such user"))];
    let two_lines: &[Odd] = &[("RCPT", Some("550-5.7.1 <ana@example.gob.do>\r\n550 5.7.1 relaying denied"))];
    for (odd, class, status) in [
        (no_user, Class::ContactInvalid, 550),
        (two_lines, Class::Configuration, 550),
        (&[("RCPT", Some("450 4.2.0 greylisted"))], Class::Retry, 450),
        (&[("greeting", Some("421 busy"))], Class::Retry, 421),
        (&[("greeting", Some("554 not you"))], Class::Configuration, 554),
        (&[("AUTH", Some("535 5.7.8 wrong"))], Class::Configuration, 535),
        (&[("MAIL", Some("550 5.1.8 who are you"))], Class::Configuration, 550),
        (&[("DATA", Some("451 later"))], Class::Retry, 451),
        (&[(".", Some("554 5.7.1 spam"))], Class::OtherSender, 554),
    ] {
        let (server, _) = server(odd).await;
        let login = Some(("guardia".to_owned(), Secret::new("hunter2")));
        let error = send(MailServer { login, ..server }, &mail()).await.unwrap_err();
        assert_eq!((error.class, error.cause), (class, Cause::Refused(status)), "{odd:?}");
        assert!(!format!("{error} {error:?}").contains("ana@"));
    }
}

#[tokio::test]
async fn without_encryption_where_it_must_be_nothing_is_said() {
    let offered: &[Odd] = &[("EHLO", Some("250-mail.example.do\r\n250 STARTTLS")), ("STARTTLS", Some("220 now"))];
    for (security, odd, class, fault) in [
        (Security::Starttls, &[][..], Class::Configuration, Fault::Insecure),
        // Offered, but the server hangs up on the first word of TLS.
        (Security::Starttls, offered, Class::Retry, Fault::Unreachable),
        (Security::Tls, &[], Class::Configuration, Fault::Insecure),
    ] {
        let (server, seen) = server(odd).await;
        let login = Some(("guardia".to_owned(), Secret::new("hunter2")));
        let error = send(MailServer { security, login, ..server }, &mail()).await.unwrap_err();
        assert_eq!((error.class, error.cause), (class, Cause::Fault(fault)), "{security:?}");
        let said = seen.lock().unwrap();
        let is_open = |line: &String| ["AUTH", "MAIL", "RCPT", "DATA"].iter().any(|command| line.starts_with(command));
        assert!(!said.iter().any(is_open), "{said:?}");
    }
}

#[tokio::test]
async fn a_server_that_hangs_or_is_gone_is_given_up() {
    for odd in [&[("greeting", None)][..], &[("RCPT", None)], &[(".", None)]] {
        let (server, seen) = server(odd).await;
        let limits = Limits { total: Duration::from_millis(400), ..Limits::default() };
        let error = Email::new(server, Clock::machine(), limits).unwrap().send(&mail()).await.unwrap_err();
        assert_eq!((error.class, error.cause), (Class::Retry, Cause::Fault(Fault::Timeout)), "{odd:?}");
        assert!(!seen.lock().unwrap().iter().any(|line| line.starts_with("QUIT")));
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = send(configured("127.0.0.1", port), &mail()).await.unwrap_err();
    assert_eq!((error.class, error.cause), (Class::Retry, Cause::Fault(Fault::Unreachable)));
}

#[tokio::test]
async fn what_cannot_be_sent_is_not_tried() {
    let (server, seen) = server(&[]).await;
    let email = Email::new(server, Clock::machine(), Limits::default()).unwrap();
    let long = "ñ".repeat(MAX_TEXT + 1);
    for (mail, class) in [
        (Mail { to: "ana", ..mail() }, Class::ContactInvalid),
        (Mail { to: "ana@example.do>\r\nRCPT TO:<x@y.do", ..mail() }, Class::ContactInvalid),
        (Mail { to: "ñandú@example.do", ..mail() }, Class::ContactInvalid),
        (Mail { id: "", ..mail() }, Class::Configuration),
        (Mail { id: "a>\r\nBcc: x", ..mail() }, Class::Configuration),
        (Mail { text: &long, ..mail() }, Class::Configuration),
    ] {
        let error = email.send(&mail).await.unwrap_err();
        assert_eq!((error.class, error.cause), (class, Cause::Content), "{}", mail.to);
    }
    assert!(seen.lock().unwrap().is_empty());
}

#[test]
fn a_server_is_checked_at_start() {
    let base = configured("mail.example.do", 587);
    let secure = MailServer { security: Security::Starttls, ..base.clone() };
    let login = |password: &str| Some(("guardia".to_owned(), Secret::new(password)));
    for (server, verdict) in [
        (secure.clone(), Ok(())),
        (MailServer { security: Security::Tls, login: login("x"), ..base.clone() }, Ok(())),
        (configured("localhost", 25), Ok(())),
        (base, Err(MailServerError::Clear)),
        (MailServer { host: " ".into(), ..secure.clone() }, Err(MailServerError::Host)),
        (MailServer { login: login(" "), ..secure.clone() }, Err(MailServerError::Password)),
        (MailServer { from: "Guardia".into(), ..secure.clone() }, Err(MailServerError::From)),
        (MailServer { from: "x@ñandú.do".into(), ..secure.clone() }, Err(MailServerError::From)),
    ] {
        let shown = format!("{server:?}");
        assert_eq!(Email::new(server, Clock::machine(), Limits::default()).map(|_| ()), verdict, "{shown}");
    }
    let with_login = MailServer { login: login("hunter2"), ..secure };
    let email = Email::new(with_login, Clock::machine(), Limits::default()).unwrap();
    assert!(!format!("{email:?}").contains("hunter2"));
}
