//! From an opening handshake to the connection of its version.

use ws_driver::{Connection, Driver, Role};
use ws_extensions::Sessions;
#[cfg(feature = "drafts")]
use ws_handshake::Accept;
use ws_handshake::{Established, Version};

use crate::entropy::seed;
use crate::{Error, Options};

/// Adds the randomness that the answer of version 4 wants.
#[cfg(feature = "drafts")]
pub(crate) fn with_nonce(mut accept: Accept, version: Version) -> Result<Accept, Error> {
    if version == Version::Hybi4 && accept.nonce.is_none() {
        accept.nonce = Some(crate::entropy::nonce()?);
    }
    Ok(accept)
}

/// The connection that `established` has led to.
pub(crate) fn connection(
    role: Role,
    established: &Established,
    sessions: Sessions,
    options: &Options,
) -> Result<Driver, Error> {
    let config = &options.connection;
    match established.version {
        // What these two changed does not concern an open connection.
        Version::Rfc6455 | Version::Hybi8 | Version::Hybi7 => {
            let connection = match role {
                Role::Client => Connection::client(config, seed()?),
                Role::Server => Connection::server(config),
            };
            Ok(connection.with_extensions(sessions, config).into())
        }
        #[cfg(feature = "drafts")]
        _ => drafts(role, established, options),
        // No handshake ends with them.
        #[cfg(not(feature = "drafts"))]
        _ => Err(Error::Io(std::io::ErrorKind::Unsupported.into())),
    }
}

#[cfg(feature = "drafts")]
fn drafts(role: Role, established: &Established, options: &Options) -> Result<Driver, Error> {
    use ws_driver::{early, hixie};

    let config = &options.connection;
    let hixie = |version| match role {
        Role::Client => Ok(hixie::Connection::client(version, config).into()),
        Role::Server => Ok(hixie::Connection::server(version, config).into()),
    };
    let early = |version| match role {
        Role::Client => Ok(early::client(version, config, seed()?).into()),
        Role::Server => Ok(early::server(version, config).into()),
    };
    match (established.version, established.connection_key) {
        (Version::Hixie75, _) => hixie(hixie::Version::Hixie75),
        (Version::Hixie76, _) => hixie(hixie::Version::Hixie76),
        (Version::Hybi4, Some(connection_key)) => early(early::Version::Hybi4 { connection_key }),
        (Version::Hybi5, _) => early(early::Version::Hybi5),
        (Version::Hybi6, _) => early(early::Version::Hybi6),
        _ => Err(Error::Io(std::io::ErrorKind::Unsupported.into())),
    }
}
