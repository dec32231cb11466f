//! Every version that clients ever spoke, through the facade: the same `WebSocket` on both ends.

use core::net::Ipv4Addr;
use core::time::Duration;

use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use hybi::driver::{Kind, Misuse};
use hybi::handshake::{Accept, ServerHandshake, Version, Versions};
use hybi::{CloseCode, CloseFrame, Closure, Error, Event, Options, Request, WebSocket};
use smol::net::{TcpListener, TcpStream};

/// Long enough for a loaded machine.
const PATIENCE: Duration = Duration::from_secs(20);
const FRAME: CloseFrame<'static> = CloseFrame {
    code: CloseCode::GOING_AWAY,
    reason: "done",
};

fn hixie(version: Version) -> bool {
    matches!(version, Version::Hixie75 | Version::Hixie76)
}

/// Both ends of a connection of this version.
async fn pair(
    version: Version,
) -> Result<
    (
        WebSocket<impl AsyncRead + AsyncWrite + Unpin>,
        WebSocket<impl AsyncRead + AsyncWrite + Unpin>,
    ),
    Error,
> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("ws://{}/chat", listener.local_addr()?);
    let request = Request::from_url(&url)?
        .with_subprotocol("tea")?
        .with_version(version)?;
    let mut of_server = Options::server();
    of_server.handshake.versions = Versions::ALL;
    of_server.handshake.subprotocols = vec!["tea".into()];
    let of_client = Options::client();
    let accepting = async {
        let (stream, _) = listener.accept().await?;
        hybi::smol::accept(stream, &of_server).await
    };
    let connecting = hybi::smol::connect_to(&request, &of_client);
    let (server, client) = futures::try_join!(accepting, connecting)?;
    Ok((server, client.0))
}

/// Runs `test` on a pair of every version, with a limit.
fn with_every_version<F: Future<Output = Result<(), Error>>>(test: impl Fn(Version) -> F) {
    for version in Versions::ALL.iter() {
        smol::block_on(smol::future::or(test(version), async {
            smol::Timer::after(PATIENCE).await;
            panic!("{version} takes too long");
        }))
        .unwrap_or_else(|error| panic!("{version}: {error}"));
    }
}

/// Echoes until the connection ends.
async fn echo<T>(socket: &mut WebSocket<T>) -> Result<(), Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some((event, mut outbox)) = socket.exchange().await? {
        if let Event::Message(message) = event {
            outbox.feed(message).await?;
        }
    }
    Ok(())
}

#[test]
fn messages_of_every_size_come_back_and_the_close_is_clean() {
    with_every_version(|version| async move {
        let (mut server, mut client) = pair(version).await?;
        for socket in [
            (client.version(), client.subprotocol()),
            (server.version(), server.subprotocol()),
        ] {
            assert_eq!(socket, (version, Some("tea")));
        }
        let asking = async {
            for size in [
                0,
                1,
                125,
                126,
                127,
                128,
                16_383,
                16_384,
                65_535,
                65_536,
                1 << 20,
            ] {
                let text = "aé✓𝄞".repeat(size / 10) + &"b".repeat(size % 10);
                client.send(&text).await?;
                let echo = client.receive().await?;
                assert_eq!(
                    echo,
                    Some(Event::Message((&*text).into())),
                    "{version} {size}"
                );
                if hixie(version) {
                    continue;
                }
                client.send(text.as_bytes()).await?;
                let echo = client.receive().await?;
                assert_eq!(
                    echo,
                    Some(Event::Message(text.as_bytes().into())),
                    "{version} {size}"
                );
            }
            // Many at once.
            for at in 0..500 {
                client.feed(&at.to_string()).await?;
            }
            for at in 0..500 {
                let echo = client.receive().await?;
                assert_eq!(
                    echo,
                    Some(Event::Message((&at.to_string()).into())),
                    "{version}"
                );
            }
            // In pieces, which hixie has no frames for.
            let mut writer = client.message_writer(Kind::Text)?;
            for piece in ["p", "ie", "ces"] {
                writer.write(piece.as_bytes()).await?;
            }
            writer.finish().await?;
            let echo = client.receive().await?;
            assert_eq!(echo, Some(Event::Message("pieces".into())), "{version}");
            client.close(Some(FRAME)).await
        };
        let (closure, echoed) = futures::join!(asking, echo(&mut server));
        echoed?;
        assert!(matches!(closure?, Closure::Clean { .. }), "{version}");
        assert!(
            matches!(server.closure(), Some(Closure::Clean { .. })),
            "{version}"
        );
        // Only from version 6 on a Close says why.
        let says = matches!(
            version,
            Version::Rfc6455 | Version::Hybi8 | Version::Hybi7 | Version::Hybi6
        );
        assert_eq!(server.close_frame(), says.then_some(FRAME), "{version}");
        Ok(())
    });
}

#[test]
fn what_a_version_lacks_is_misuse_and_harms_nothing() {
    with_every_version(|version| async move {
        let (mut server, mut client) = pair(version).await?;
        if hixie(version) {
            for refused in [
                client.send(&b"binary"[..]).await.err(),
                client.ping(b"").await.err(),
                client.message_writer(Kind::Binary).err(),
            ] {
                assert!(
                    matches!(refused, Some(Error::Misuse(Misuse::Unsupported))),
                    "{version}: {refused:?}"
                );
            }
        } else {
            let id = client.ping(b"?").await?;
            let answering = async {
                let event = server.receive().await?;
                assert_eq!(event, Some(Event::Ping(b"?")), "{version}");
                server.flush().await
            };
            let (pong, answered) = futures::join!(client.receive(), answering);
            answered?;
            let answers = Some(id);
            assert_eq!(
                pong?,
                Some(Event::Pong {
                    payload: b"?",
                    answers
                }),
                "{version}"
            );
        }
        // RFC 6455 §5.5.3
        let pong = client.pong(b"alive").await;
        if matches!(version, Version::Rfc6455 | Version::Hybi8 | Version::Hybi7) {
            pong?;
            let event = server.receive().await?;
            let (payload, answers) = (&b"alive"[..], None);
            assert_eq!(event, Some(Event::Pong { payload, answers }), "{version}");
        } else {
            assert!(
                matches!(pong, Err(Error::Misuse(Misuse::Unsupported))),
                "{version}: {pong:?}"
            );
        }
        client.send("still here").await?;
        let event = server.receive().await?;
        assert_eq!(
            event,
            Some(Event::Message("still here".into())),
            "{version}"
        );
        Ok(())
    });
}

#[test]
fn the_server_closes_too() {
    with_every_version(|version| async move {
        let (mut server, mut client) = pair(version).await?;
        server.send("last").await?;
        let closing = server.close(None);
        let receiving = async {
            let mut seen = vec![];
            while let Some(event) = client.receive().await? {
                seen.push(format!("{event:?}"));
            }
            Ok::<_, Error>(seen)
        };
        let (closure, seen) = futures::join!(closing, receiving);
        assert!(matches!(closure?, Closure::Clean { .. }), "{version}");
        assert_eq!(seen?[0], "Message(Text(\"last\"))", "{version}");
        assert!(
            matches!(client.closure(), Some(Closure::Clean { .. })),
            "{version}"
        );
        Ok(())
    });
}

#[test]
fn other_versions_than_the_default_are_refused_with_the_list() {
    for version in Versions::ALL.iter() {
        let refused = smol::block_on(async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
            let url = format!("ws://{}/", listener.local_addr().unwrap());
            let request = Request::from_url(&url)
                .unwrap()
                .with_version(version)
                .unwrap();
            let of_server = Options::server();
            let accepting = async {
                let (stream, _) = listener.accept().await?;
                hybi::smol::accept(stream, &of_server).await
            };
            let of_client = Options::client();
            let (_, connected) =
                futures::join!(accepting, hybi::smol::connect_to(&request, &of_client));
            connected.err()
        });
        match refused {
            None => assert!(Versions::RECENT.contains(version), "{version}"),
            Some(Error::Rejected(response)) => {
                assert!(!Versions::RECENT.contains(version), "{version}");
                assert_eq!(response.status().code(), 426, "{version}");
                let list = response.fields().first("Sec-WebSocket-Version");
                assert_eq!(list, Some(&b"13, 8, 7"[..]), "{version}");
            }
            Some(error) => panic!("{version}: {error}"),
        }
    }
}

/// What another server has parsed leads to the connection of its version, too.
#[test]
fn a_parsed_request_leads_to_its_version() {
    let mut options = Options::server();
    options.handshake.versions = Versions::ALL;
    let key: &[u8] = b"dGhlIHNhbXBsZSBub25jZQ==";
    for (number, version, frame) in [
        (None, Version::Hixie75, &b"\0hi\xff"[..]),
        (Some("6"), Version::Hybi6, b"\x84\x02hi"),
        (Some("8"), Version::Hybi8, b"\x81\x02hi"),
        (Some("13"), Version::Rfc6455, b"\x81\x02hi"),
    ] {
        let mut fields: Vec<(&str, &[u8])> = vec![
            ("Host", b"example.com"),
            ("Upgrade", b"websocket"),
            ("Connection", b"Upgrade"),
        ];
        if let Some(number) = number {
            fields.push(("Sec-WebSocket-Version", number.as_bytes()));
            fields.push(("Sec-WebSocket-Key", key));
        }
        let requested =
            ServerHandshake::from_request(&options.handshake, "GET", "/", fields).unwrap();
        let (_, established) = requested.respond(Accept::default()).unwrap();
        let io = smol::io::Cursor::new(vec![]);
        let socket = WebSocket::server(io, &options);
        let mut socket = socket.with_established(established, &options).unwrap();
        assert_eq!(socket.version(), version);
        smol::block_on(socket.send("hi")).unwrap();
        assert_eq!(socket.io().get_ref(), frame, "{version}");
    }
}

// hixie-76, 1.3: through a proxy that waits for the head of the response, the last eight bytes
// come only after it.
#[test]
fn x08_the_head_of_the_answer_does_not_wait_for_the_last_key() {
    let opening = b"GET /demo HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\nUpgrade: WebSocket\r\n\
        Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\nOrigin: http://example.com\r\n\r\n";
    smol::block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut options = Options::server();
        options.handshake.versions = Versions::ALL;
        let serving = async {
            let (stream, _) = listener.accept().await?;
            let mut socket = hybi::smol::accept(stream, &options).await?;
            assert_eq!(socket.version().to_string(), "hixie-76");
            echo(&mut socket).await
        };
        let asking = async {
            let mut stream = TcpStream::connect(address).await?;
            stream.write_all(opening).await?;
            let mut head = vec![];
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).await?;
                head.push(byte[0]);
            }
            assert!(head.starts_with(b"HTTP/1.1 101 "), "{head:?}");
            // In two parts, and a message right behind.
            stream.write_all(b"^n:d").await?;
            smol::Timer::after(Duration::from_millis(20)).await;
            stream.write_all(b"s[4U\0hello\xff\xff\0").await?;
            let mut rest = vec![];
            stream.read_to_end(&mut rest).await?;
            assert_eq!(rest, b"8jKS'y:G*Co,Wxa-\0hello\xff\xff\0");
            Ok::<_, Error>(())
        };
        let (served, asked) = futures::join!(serving, asking);
        served.and(asked).unwrap();
    });
}
