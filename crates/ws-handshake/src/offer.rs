//! A request as the server's application sees it.

use ws_http::Fields;

use crate::rfc6455;
use crate::server::Requested;
use crate::subprotocol;
use crate::target::path_and_query;
use crate::version::{ORIGIN, Version};

/// A request as the server's application sees it, to decide upon.
///
/// Everything in here comes from the client; what the handshake depends on has been checked.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    requested: &'a Requested,
}

impl<'a> Offer<'a> {
    pub(crate) const fn new(requested: &'a Requested) -> Self {
        Self { requested }
    }

    /// The version of the protocol.
    pub const fn version(&self) -> Version {
        self.requested.version
    }

    /// The value of `Host`: `host[:port]`.
    pub fn host(&self) -> &'a str {
        self.text("Host").unwrap_or_default()
    }

    /// The request target as the client sent it: path and query, or a URL of this host.
    pub fn target(&self) -> &'a str {
        self.requested.head.target()
    }

    /// The path of the target, still percent-encoded, beginning with `/`.
    pub fn path(&self) -> &'a str {
        let (path, _) = self.path_and_query();
        path
    }

    /// What stands behind the first `?` of the target.
    pub fn query(&self) -> Option<&'a str> {
        let (_, query) = self.path_and_query();
        query
    }

    /// The origin of the page that asks, if a browser told it.
    pub fn origin(&self) -> Option<&'a str> {
        let other = self.version().dialect().other_origin;
        other
            .and_then(|name| self.text(name))
            .or_else(|| self.text(ORIGIN))
    }

    /// The subprotocols that the client can speak, the most preferred first.
    pub fn subprotocols(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        subprotocol::offered(self.fields(), self.version().dialect())
    }

    /// The extensions that the client offers, whose syntax nobody has looked at yet.
    pub fn extensions(&self) -> Option<&'a str> {
        if !self.version().dialect().has_extensions {
            return None;
        }
        let joined = self.requested.joined_extensions.as_deref();
        joined.or_else(|| self.text(rfc6455::EXTENSIONS))
    }

    /// The value of the first field of this name, compared without regard to case.
    pub fn field(&self, name: &str) -> Option<&'a [u8]> {
        self.fields().first(name)
    }

    /// All fields of the request.
    pub const fn fields(&self) -> &'a Fields {
        self.requested.head.fields()
    }

    fn text(self, name: &str) -> Option<&'a str> {
        core::str::from_utf8(self.field(name)?).ok()
    }

    fn path_and_query(self) -> (&'a str, Option<&'a str>) {
        path_and_query(self.target())
    }
}
