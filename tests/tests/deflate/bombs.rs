//! Hostile cases of the group D that are about size: small messages that would become large, and
//! large ones that become nothing.

use hybi::{Error, Event, Options, driver};
use hybi_testkit::wire::{Frame, hex};

use crate::hostile::{OFFER, compressed, server, trace};
use crate::{BACKENDS, MessageRef, open, run};

// RFC 7692 §8: a small message may become a large one.
#[test]
fn d19_to_d22_bombs() {
    const MIB: usize = 1 << 20;
    let zeros = vec![0; MIB];
    for backend in BACKENDS {
        for (limit, delivered) in [(MIB - 1, false), (MIB, true), (MIB + 1, true)] {
            for pieces in [1, 1000] {
                run(async {
                    let client = Options::client().with_deflate(backend().level(9));
                    let mut server = Options::server().with_deflate(backend());
                    server.connection.max_message_size = limit;
                    let mut ends = open(&client, &server).await.unwrap();
                    let bomb = async {
                        let mut writer = ends.client.message_writer(hybi::Kind::Binary).unwrap();
                        for piece in zeros.chunks(MIB.div_ceil(pieces)) {
                            writer.write(piece).await.unwrap();
                        }
                        writer.finish().await
                    };
                    let receive = async {
                        let received = ends.server.receive().await;
                        match received {
                            Ok(Some(Event::Message(message))) => {
                                assert!(delivered && message == MessageRef::Binary(&zeros));
                            }
                            Err(Error::Protocol(error)) => {
                                let limit = limit as u64;
                                assert_eq!(error, driver::Error::MessageTooBig { limit });
                                assert!(!delivered);
                                let held = ends.server.extension_memory();
                                assert!(held < 400 << 10, "{held}");
                                ends.server.close(None).await.unwrap();
                            }
                            other => panic!("{other:?}"),
                        }
                    };
                    let (sent, ()) = futures::join!(bomb, receive);
                    if pieces == 1 {
                        assert!(sent.is_ok(), "{sent:?}");
                        assert!(crate::sent(&ends.client) < 1200);
                    }
                    if !delivered {
                        // Until the Close has come.
                        while let Ok(Some(_)) = ends.client.receive().await {}
                        let code = ends.client.close_frame().map(|frame| frame.code.get());
                        assert_eq!(code, Some(1009));
                    }
                });
            }
        }
    }
}

// Blocks of nothing make nothing of something, for ever.
#[test]
fn d23_empty_blocks_end_at_the_limit_of_the_wire() {
    for backend in BACKENDS {
        let mut options = Options::server().with_deflate(backend());
        options.connection.max_message_size = 1000;
        let (socket, raw) = server(OFFER, &options);
        let mut stream = Vec::new();
        let blocks = hex("000000ffff").repeat(13_000);
        let first = compressed(&blocks).fragment().bytes();
        let next = Frame::continuation(&blocks)
            .fragment()
            .masked([0; 4])
            .bytes();
        stream.extend_from_slice(&first);
        for _ in 0..20 {
            stream.extend_from_slice(&next);
        }
        assert!(stream.len() > (1 << 20) + 1000);
        let trace = trace(socket, raw, &stream);
        assert_eq!(trace.close, Some(1009), "{:?}", trace.end);
        assert!(trace.seen.is_empty());
        assert!(trace.memory < 400 << 10, "{}", trace.memory);
    }
}
