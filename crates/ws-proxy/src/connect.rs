//! A tunnel through an HTTP proxy.

use alloc::string::ToString;
use alloc::vec::Vec;

use ws_http::{
    Fields, KeptResponse, Limits, Progress, RequestHead, ResponseDecoder, ResponseHead, Status,
};

use crate::authority::Authority;
use crate::credentials::Credentials;
use crate::error::ConnectError;
use crate::fields::{ProxyFields, push};
use crate::refusal::Refusal;

/// How many interim responses (1xx) a proxy may send before its answer.
const MAX_INTERIM: u32 = 8;

/// The field that is told to the proxy alone.
const AUTHORIZATION: &str = "Proxy-Authorization";

/// Where a tunnel through an HTTP proxy stands (RFC 9110 §9.3.6).
#[derive(Debug)]
#[non_exhaustive]
pub enum Connect {
    /// More bytes are wanted.
    NeedsInput(AwaitingProxy),
    /// The tunnel is open: what is read and written from now on is read and written by the other
    /// end. The proxy's answer is there for its fields.
    Open(ResponseHead),
    /// 407: the proxy wants other credentials than it got. The transport must be closed; whether
    /// there is a point in another attempt, see [`Refusal::offers_basic`].
    AuthenticationRequired(Refusal),
    /// The proxy has answered with any other status than 2xx. The transport must be closed.
    Refused(Refusal),
}

/// How a proxy is asked.
///
/// ```
/// let mut options = ws_proxy::ConnectOptions::default();
/// options.fields.push("User-Agent", "kettle/1")?;
/// # Ok::<(), ws_proxy::Misuse>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ConnectOptions {
    /// Sent at once as Basic `Proxy-Authorization`, without waiting for a 407. Default: none.
    pub credentials: Option<Credentials>,
    /// Fields to add behind those of the protocol. Default: none.
    pub fields: ProxyFields,
    /// Bounds on the head of the proxy's answer. Default: 16 KiB and 100 fields.
    pub limits: Limits,
}

impl Connect {
    /// Begins: appends the request for a tunnel to `target` to `out`.
    ///
    /// This is all that may be written to the proxy before the tunnel is [open](Self::Open): a
    /// proxy that refuses would take more for another request (RFC 9931).
    pub fn start(target: &Authority, options: &ConnectOptions, out: &mut Vec<u8>) -> AwaitingProxy {
        encode(target, options, out);
        AwaitingProxy {
            decoder: ResponseDecoder::new(options.limits),
            interim: 0,
            refusal: None,
        }
    }

    fn refused(response: KeptResponse) -> Self {
        let refusal = Refusal::arrived(response);
        if refusal.status() == Status::PROXY_AUTHENTICATION_REQUIRED {
            Self::AuthenticationRequired(refusal)
        } else {
            Self::Refused(refusal)
        }
    }
}

/// A tunnel that waits for the proxy's answer. It has nothing to write.
#[derive(Debug)]
pub struct AwaitingProxy {
    decoder: ResponseDecoder,
    /// How many interim responses have come.
    interim: u32,
    /// There once the head of a refusal is complete.
    refusal: Option<KeptResponse>,
}

impl AwaitingProxy {
    /// Takes bytes off the front of `input`, up to the end of the proxy's answer.
    ///
    /// Bytes behind the head of a 2xx stay in `input`: they come from the other end of the tunnel,
    /// whatever the head says about a body. Behind a refusal nothing is left.
    ///
    /// # Errors
    ///
    /// If the answer breaks a rule. The transport must be closed; what is left of `input` has been
    /// swallowed.
    pub fn receive(mut self, input: &mut &[u8]) -> Result<Connect, ConnectError> {
        let result = self.step(input);
        if !matches!(result, Ok(Some(Connect::Open(_)))) {
            *input = &[];
        }
        Ok(result?.unwrap_or(Connect::NeedsInput(self)))
    }

    /// Whether the proxy has refused and the body of its answer is awaited. Who does not want to wait
    /// for that [ends](Self::receive_eof) here.
    pub const fn is_refused(&self) -> bool {
        self.refusal.is_some()
    }

    /// Tells that the connection has ended, or that nobody wants to wait any longer.
    ///
    /// A refusal whose head is there is delivered, with the body as far as it has come. The result
    /// is never [`Connect::NeedsInput`] nor [`Connect::Open`].
    ///
    /// # Errors
    ///
    /// If the head was not complete; the error tells how far it was.
    pub fn receive_eof(self) -> Result<Connect, ConnectError> {
        match (self.refusal, self.decoder.progress()) {
            (Some(refusal), _) => Ok(Connect::refused(refusal.receive_eof())),
            (None, Progress::Nothing) => Err(ConnectError::ClosedBeforeResponse),
            (None, Progress::StartLine) => Err(ConnectError::ClosedInStatusLine),
            (None, _) => Err(ConnectError::ClosedInFields),
        }
    }

    /// `None` if more bytes are wanted, and all were taken.
    fn step(&mut self, input: &mut &[u8]) -> Result<Option<Connect>, ConnectError> {
        while self.refusal.is_none() {
            let Some(head) = self.decoder.decode(input)? else {
                return Ok(None);
            };
            let status = head.status();
            if status.is_success() {
                // RFC 9110 §9.3.6: any 2xx; Content-Length and Transfer-Encoding are ignored.
                return Ok(Some(Connect::Open(head)));
            }
            if status == Status::SWITCHING_PROTOCOLS {
                // RFC 9110 §15.2.2: it answers an Upgrade, and there was none.
                return Err(ConnectError::SwitchingProtocols);
            }
            if !status.is_informational() {
                self.refusal = Some(Refusal::arriving(head));
            } else if self.interim < MAX_INTERIM {
                self.interim += 1;
            } else {
                return Err(ConnectError::TooManyInterimResponses);
            }
        }
        let refusal = self.refusal.take_if(|refusal| refusal.receive(input));
        Ok(refusal.map(Connect::refused))
    }
}

fn encode(target: &Authority, options: &ConnectOptions, out: &mut Vec<u8>) {
    let target = target.to_string();
    let mut fields = Fields::new();
    // RFC 9112 §3.2.3: the authority is the target, its port always written. Host says the same.
    push(&mut fields, "Host", &target);
    // No Proxy-Connection, which RFC 9112 appendix C.2.2 advises against.
    push(&mut fields, "Connection", "keep-alive");
    if let Some(credentials) = &options.credentials
        && !options.fields.as_fields().contains(AUTHORIZATION)
    {
        push(&mut fields, AUTHORIZATION, &credentials.basic());
    }
    fields.extend(options.fields.as_fields());
    let head = RequestHead::new("CONNECT", &target, fields);
    debug_assert!(head.is_ok(), "{target}");
    if let Ok(head) = head {
        head.encode(out);
    }
}

#[cfg(test)]
mod tests;
