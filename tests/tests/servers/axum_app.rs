//! What an axum application decides for itself.

use std::sync::Arc;

use axum::Router;
use axum::routing::any;
use ws_futures::axum::WebSocketUpgrade;
use ws_futures::{Accept, Error, Options, Reject, Request, Status};

use crate::{echo, run, serve};

#[test]
fn the_application_looks_at_the_offer_and_answers() {
    run(async {
        let router = Router::new().route(
            "/",
            any(async |upgrade: WebSocketUpgrade| {
                assert!(upgrade.request().headers().contains_key("x-token"));
                upgrade.on_upgrade_with(
                    |offer| {
                        if offer.field("X-Token") != Some(b"right") {
                            return Err(Reject::new(Status::UNAUTHORIZED).expect("a refusal"));
                        }
                        let mut accept = Accept::default();
                        accept.fields.push("Set-Cookie", "a=b").expect("a field");
                        Ok(accept)
                    },
                    echo,
                )
            }),
        );
        let address = serve(router).await;
        let options = Options::client().without_proxy();
        for (token, status) in [("right", 101), ("wrong", 401)] {
            let request = Request::ws(&address.to_string(), "/")
                .map(|request| request.with_field("X-Token", token).expect("a field"))
                .expect("a request");
            let response = match hybi::tokio::connect_to(&request, &options).await {
                Ok((_, response)) => response,
                Err(Error::Rejected(response)) => *response,
                Err(error) => panic!("{error}"),
            };
            assert_eq!(response.status().code(), status);
            let cookie = response.fields().first("Set-Cookie");
            assert_eq!(cookie.is_some(), status == 101);
        }
    });
}

#[test]
fn limits_and_origins_are_the_options() {
    run(async {
        let mut options = Options::server();
        options.connection.max_message_size = 10;
        let options = Arc::new(options);
        let router = Router::new().route(
            "/",
            any(async move |upgrade: WebSocketUpgrade| {
                upgrade.with_options(Arc::clone(&options)).on_upgrade(echo)
            }),
        );
        let address = serve(router).await;
        let options = Options::client().without_proxy();
        let url = format!("ws://{address}/");
        let (mut socket, _) = hybi::tokio::connect(&url, &options)
            .await
            .expect("a socket");
        socket
            .send("more than ten bytes")
            .await
            .expect("it is open");
        while let Ok(Some(_)) = socket.receive().await {}
        let frame = socket.close_frame().expect("a Close");
        assert_eq!(frame.code.get(), 1009);
    });
}
