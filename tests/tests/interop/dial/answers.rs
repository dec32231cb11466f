//! Answers of a web server that are no WebSocket, and what it is told about who asks.

use hybi::{Error, Request};

use super::{direct, program, request, server, trusting, visit};
use crate::certificates::Authority;
use crate::daemons::{free_port, nginx};
use crate::examples::Runtime;
use crate::scratch::Scratch;

#[test]
fn hc10_hc11_answers_are_handed_on() {
    let statuses = [200, 204, 400, 401, 403, 404, 426, 429, 500, 503];
    let locations = statuses
        .map(|status| format!("location = /{status} {{ return {status} 'it is {status}'; }}"));
    let locations = locations.join("\n");
    let daemon = nginx::start_with(free_port(), None, None, &locations);
    for status in statuses {
        let url = format!("ws://{}/{status}", daemon.address());
        for runtime in Runtime::ALL {
            match visit(runtime, &request(&url), &direct()) {
                Err(Error::Rejected(response)) => {
                    assert_eq!(response.status().code(), status, "{runtime:?}");
                    assert_eq!(
                        response.fields().first("Server").map(|name| &name[..6]),
                        Some(&b"nginx/"[..])
                    );
                    let body = String::from_utf8_lossy(response.body());
                    let expected = match status {
                        204 => String::new(),
                        _ => format!("it is {status}"),
                    };
                    assert_eq!(body, expected, "{runtime:?}");
                }
                other => panic!("{runtime:?}, {status}: {other:?}"),
            }
        }
        program::fails(
            &[&url],
            &[],
            &format!("server answered with status {status}"),
        );
    }
}

#[test]
fn hc10_of_a_body_the_beginning_is_kept() {
    let pages = Scratch::new("pages");
    pages.write("page", &"x".repeat(1 << 20));
    let locations = format!(
        "error_page 403 /page;\n\
         location = /page {{ root {}; }}\n\
         location / {{ return 403; }}\n",
        pages.directory().display()
    );
    let daemon = nginx::start_with(free_port(), None, None, &locations);
    for runtime in Runtime::ALL {
        let url = format!("ws://{}/", daemon.address());
        match visit(runtime, &request(&url), &direct()) {
            Err(Error::Rejected(response)) => {
                assert_eq!(response.status().code(), 403, "{runtime:?}");
                assert_eq!(response.body().len(), 64 << 10, "{runtime:?}");
                assert!(response.is_truncated(), "{runtime:?}");
            }
            other => panic!("{runtime:?}: {other:?}"),
        }
    }
}

// RFC 7617 §2; a field of the application's own counts more than the URL.
#[test]
fn hc20_a_password_in_the_url_is_for_basic_authentication() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    let (_server, address) = server();
    for (who, own, told) in [
        ("u:p%40", None, "Basic dTpwQA=="),
        ("kettle:s3cret", None, "Basic a2V0dGxlOnMzY3JldA=="),
        ("kettle", None, "Basic a2V0dGxlOg=="),
        ("kettle:s3cret", Some("Bearer t0ken"), "Bearer t0ken"),
    ] {
        for runtime in Runtime::ALL {
            let daemon = nginx::start(address, &identity, None);
            let place = format!("localhost:{}", daemon.address().port());
            let mut asking: Request = request(&format!("wss://{who}@{place}/chat"));
            if let Some(own) = own {
                asking = asking.with_field("Authorization", own).expect("a field");
            }
            let result = visit(runtime, &asking, &trusting(direct(), &authority));
            assert!(result.is_ok(), "{runtime:?}, {who}: {result:?}");
            let line = daemon.logged("101 ");
            let expected =
                format!("101 \"GET /chat HTTP/1.1\" host=\"{place}\" authorization=\"{told}\"");
            assert!(line.starts_with(&expected), "{line}");
        }
    }
}
