//! Peers as clients of the echo example over TLS.

use super::server;
use crate::certificates::Authority;
use crate::daemons::haproxy::Haproxy;
use crate::daemons::nginx;
use crate::peer::Peer;

/// How many cases each of them has for a server that echoes.
const PEERS: [(Peer, usize); 2] = [(Peer::Ws, 39), (Peer::Websockets, 40)];

#[test]
fn through_nginx() {
    let (_server, address) = server();
    let authority = Authority::new("authority");
    let identity = authority.server();
    for (peer, cases) in PEERS {
        let daemon = nginx::start(address, &identity, None);
        let url = format!("wss://localhost:{}/", daemon.address().port());
        let seen = peer.start_trusting(&authority.path(), &["client", &url]);
        assert_eq!(seen.cases().len(), cases, "{peer:?}");
        daemon.logged("101 \"GET / HTTP/1.1\"");
    }
}

#[test]
fn through_haproxy() {
    let (_server, address) = server();
    let authority = Authority::new("authority");
    let identity = authority.server();
    for ((peer, cases), haproxy) in PEERS.into_iter().zip([Haproxy::tcp, Haproxy::http]) {
        let daemon = haproxy(address).tls(&identity).start();
        let url = format!("wss://localhost:{}/", daemon.address().port());
        let seen = peer.start_trusting(&authority.path(), &["client", &url]);
        assert_eq!(seen.cases().len(), cases, "{peer:?}");
        daemon.logged(" f~ b/s ");
    }
}
