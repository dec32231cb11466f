//! Certificates made on the spot: good ones, and one for each reason to refuse one.

use std::path::PathBuf;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose,
    RevokedCertParams, date_time_ymd,
};

use crate::scratch::Scratch;

/// What a test calls the loopback interface.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// Who signs certificates: trusted by those who have its own one, and unknown to all others.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    scratch: Scratch,
}

impl Authority {
    /// One of this name.
    ///
    /// # Panics
    ///
    /// If there can be none, as elsewhere here.
    pub fn new(name: &str) -> Self {
        let mut params = params(name, &[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().expect("a key");
        let pem = params.self_signed(&key).expect("a certificate").pem();
        let scratch = Scratch::new("authority");
        scratch.write(CERTIFICATE, &pem);
        let issuer = Issuer::new(params, key);
        Self {
            issuer,
            pem,
            scratch,
        }
    }

    /// Its own certificate.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// The file with [`Self::pem`].
    pub fn path(&self) -> PathBuf {
        self.scratch.path(CERTIFICATE)
    }

    /// A server's, for all that a test calls the loopback interface.
    pub fn server(&self) -> Identity {
        self.server_named(&LOOPBACK)
    }

    /// A server's, for hosts and addresses of these names only.
    pub fn server_named(&self, names: &[&str]) -> Identity {
        self.sign(&server(names))
    }

    /// A server's that is out of date and in order otherwise.
    pub fn expired_server(&self) -> Identity {
        let mut params = server(&LOOPBACK);
        params.not_before = date_time_ymd(2011, 12, 1);
        params.not_after = date_time_ymd(2011, 12, 31);
        self.sign(&params)
    }

    /// A server's of this number, by which it can be revoked.
    pub fn numbered_server(&self, number: u64) -> Identity {
        let mut params = server(&LOOPBACK);
        params.serial_number = Some(number.into());
        self.sign(&params)
    }

    /// The list of what it has revoked, as PEM.
    ///
    /// # Panics
    ///
    /// If there can be none.
    pub fn revocation_list(&self, numbers: &[u64]) -> String {
        let at = date_time_ymd(2011, 12, 31);
        let revoked = numbers.iter().map(|&number| RevokedCertParams {
            serial_number: number.into(),
            revocation_time: at,
            reason_code: None,
            invalidity_date: None,
        });
        let list = CertificateRevocationListParams {
            this_update: at,
            next_update: date_time_ymd(4096, 1, 1),
            crl_number: 1.into(),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let list = list.signed_by(&self.issuer).expect("a list");
        list.pem().expect("text")
    }

    /// A client's.
    pub fn client(&self, name: &str) -> Identity {
        let usage = ExtendedKeyUsagePurpose::ClientAuth;
        self.sign(&end_entity(name, &[], usage))
    }

    fn sign(&self, params: &CertificateParams) -> Identity {
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer);
        Identity::new(certificate.expect("a certificate").pem(), &key)
    }
}

/// A certificate and the key to it.
#[derive(Debug)]
pub struct Identity {
    certificate: String,
    key: String,
    scratch: Scratch,
}

impl Identity {
    /// A server's for the loopback interface, signed by itself.
    ///
    /// # Panics
    ///
    /// If there can be none.
    pub fn self_signed_server() -> Self {
        let key = KeyPair::generate().expect("a key");
        let certificate = server(&LOOPBACK).self_signed(&key);
        Self::new(certificate.expect("a certificate").pem(), &key)
    }

    fn new(certificate: String, key: &KeyPair) -> Self {
        let key = key.serialize_pem();
        let scratch = Scratch::new("identity");
        scratch.write(CERTIFICATE, &certificate);
        scratch.write(KEY, &key);
        scratch.write(COMBINED, &format!("{certificate}{key}"));
        Self {
            certificate,
            key,
            scratch,
        }
    }

    /// The certificate.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate
    }

    /// The key, in PKCS #8.
    pub fn key_pem(&self) -> &str {
        &self.key
    }

    /// The file with [`Self::certificate_pem`].
    pub fn certificate_path(&self) -> PathBuf {
        self.scratch.path(CERTIFICATE)
    }

    /// The file with [`Self::key_pem`].
    pub fn key_path(&self) -> PathBuf {
        self.scratch.path(KEY)
    }

    /// The file with the one after the other.
    pub fn combined_path(&self) -> PathBuf {
        self.scratch.path(COMBINED)
    }
}

const CERTIFICATE: &str = "certificate.pem";
const KEY: &str = "key.pem";
const COMBINED: &str = "combined.pem";

fn server(names: &[&str]) -> CertificateParams {
    end_entity("server", names, ExtendedKeyUsagePurpose::ServerAuth)
}

fn end_entity(name: &str, names: &[&str], usage: ExtendedKeyUsagePurpose) -> CertificateParams {
    let mut params = params(name, names);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![usage];
    // Some want to see it in all that are not roots.
    params.use_authority_key_identifier_extension = true;
    params
}

/// With no limit in time that matters.
fn params(name: &str, names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("names of hosts or addresses");
    params.distinguished_name.push(DnType::CommonName, name);
    params
}
