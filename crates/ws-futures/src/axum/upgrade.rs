//! A request for a WebSocket.

use std::future::Future;
use std::sync::Arc;

use axum_core::body::Body;
use axum_core::extract::FromRequestParts;
use axum_core::response::{IntoResponse, Response};
use http::Request;
use http::request::Parts;
use ws_handshake::{Accept, Offer, Reject};

use crate::hyper::{Io, Upgrade, is_websocket};
use crate::{Options, WebSocket};

/// A request for a WebSocket.
///
/// Which subprotocols, origins and versions are accepted, what is compressed, and which limits and
/// deadlines the connection has, [`Options`] say; by default those of [`Options::server`], with
/// tokio's timer.
#[derive(Debug)]
#[must_use = "without `on_upgrade` there is no WebSocket"]
pub struct WebSocketUpgrade {
    /// Without its body.
    request: Request<()>,
    options: Arc<Options>,
}

impl<S: Sync> FromRequestParts<S> for WebSocketUpgrade {
    type Rejection = NotWebSocket;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NotWebSocket> {
        let mut request = Request::new(());
        *request.method_mut() = parts.method.clone();
        *request.uri_mut() = parts.uri.clone();
        *request.version_mut() = parts.version;
        *request.headers_mut() = parts.headers.clone();
        let extensions = request.extensions_mut();
        if let Some(protocol) = parts.extensions.get::<::hyper::ext::Protocol>() {
            extensions.insert(protocol.clone());
        }
        if let Some(on_upgrade) = parts.extensions.remove::<::hyper::upgrade::OnUpgrade>() {
            extensions.insert(on_upgrade);
        }
        let this = Self {
            request,
            options: Arc::new(Options::server()),
        };
        if is_websocket(&this.request) {
            Ok(this)
        } else {
            Err(NotWebSocket(this))
        }
    }
}

impl WebSocketUpgrade {
    /// Sets what is accepted, and the connection's limits and deadlines; made once and shared by
    /// all connections.
    pub fn with_options(mut self, options: Arc<Options>) -> Self {
        self.options = options;
        self
    }

    /// Sets the subprotocols that the server speaks, the preferred one first.
    pub fn with_subprotocols<N: Into<String>>(
        mut self,
        names: impl IntoIterator<Item = N>,
    ) -> Self {
        let options = Arc::make_mut(&mut self.options);
        options.handshake.subprotocols = names.into_iter().map(Into::into).collect();
        self
    }

    /// The request, without its body.
    pub const fn request(&self) -> &Request<()> {
        &self.request
    }

    /// Answers, and runs `serve` with the socket on a task of its own. A request that breaks a
    /// rule is answered with the right status.
    pub fn on_upgrade<F, Fut>(self, serve: F) -> Response
    where
        F: FnOnce(WebSocket<Io>) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.on_upgrade_with(|_| Ok(Accept::default()), serve)
    }

    /// As [`on_upgrade`](Self::on_upgrade), with an answer that the application decides upon.
    pub fn on_upgrade_with<F, Fut>(
        mut self,
        decide: impl FnOnce(Offer<'_>) -> Result<Accept, Reject>,
        serve: F,
    ) -> Response
    where
        F: FnOnce(WebSocket<Io>) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        if self.options.timer.is_none() {
            Arc::make_mut(&mut self.options).timer = Some(crate::tokio::timer);
        }
        let upgrade = match Upgrade::new(&mut self.request, self.options) {
            Ok(upgrade) => upgrade,
            Err(refusal) => return refusal.into_response().map(Body::from),
        };
        let accept = match decide(upgrade.offer()) {
            Ok(accept) => accept,
            Err(reject) => return upgrade.reject(reject).map(Body::from),
        };
        match upgrade.accept(accept) {
            Ok((response, opening)) => {
                tokio::spawn(async move {
                    // If it does not open, the client has gone.
                    if let Ok(socket) = opening.open().await {
                        serve(socket).await;
                    }
                });
                response.map(|()| Body::empty())
            }
            Err(refusal) => refusal.into_response().map(Body::from),
        }
    }
}

/// A request that asks for something else; it is answered with 426, or the rule that it breaks.
#[derive(Debug)]
pub struct NotWebSocket(WebSocketUpgrade);

impl IntoResponse for NotWebSocket {
    fn into_response(self) -> Response {
        self.0.on_upgrade(async |_| {})
    }
}
