//! TLS options, checked before the first packet so that a bad file is reported as what it is.

use std::sync::Arc;

use rustls::{
    DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
};
use serde::{Deserialize, Serialize};
use temporalio_client::{ClientTlsOptions, TlsOptions};

/// Options of `tls`, here and in the answer of `tcore_env_config`. An empty object means TLS with the
/// certificate authorities that the system trusts.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct TlsSettings {
    /// True: plain text, even with an API key. False is the same as null.
    pub disabled: Option<bool>,
    /// The certificate authorities to trust instead of the system's, as PEM.
    pub server_ca: Option<String>,
    /// The name that the server's certificate must bear, if it is not the target's host.
    pub server_name: Option<String>,
    /// Our own certificate and its key, as PEM, for mTLS: both or neither.
    pub client_cert: Option<String>,
    pub client_key: Option<String>,
    /// Trust whoever answers. For experiments: anyone on the way can read and change everything.
    pub disable_host_verification: bool,
}

impl TlsSettings {
    pub fn is_disabled(&self) -> bool {
        self.disabled == Some(true)
    }

    pub fn build(self) -> Result<TlsOptions, String> {
        let ca = self.server_ca.map(checked_certificates).transpose()?;
        let verifier = self.disable_host_verification.then(accept_anyone);
        let client = client_identity(self.client_cert, self.client_key)?;
        Ok(TlsOptions::builder()
            // Nothing is verified against them then, and core refuses the two together.
            .maybe_server_root_ca_cert(ca.filter(|_| verifier.is_none()))
            .maybe_domain(self.server_name.filter(|name| !name.is_empty()))
            .maybe_client_tls_options(client)
            .maybe_server_cert_verifier(verifier)
            .build())
    }
}

fn checked_certificates(pem: String) -> Result<Vec<u8>, String> {
    require_certificate("tls.server_ca", &pem)?;
    Ok(pem.into_bytes())
}

fn client_identity(
    certificate: Option<String>,
    key: Option<String>,
) -> Result<Option<ClientTlsOptions>, String> {
    let (certificate, key) = match (certificate, key) {
        (Some(certificate), Some(key)) => (certificate, key),
        (None, None) => return Ok(None),
        (Some(_), None) => return Err("tls.client_cert is given without tls.client_key".to_owned()),
        (None, Some(_)) => return Err("tls.client_key is given without tls.client_cert".to_owned()),
    };
    require_certificate("tls.client_cert", &certificate)?;
    PrivateKeyDer::from_pem_slice(key.as_bytes())
        .map_err(|error| format!("tls.client_key: no private key in PEM: {error}"))?;
    Ok(Some(
        ClientTlsOptions::builder().client_cert(certificate.into()).client_private_key(key.into()).build(),
    ))
}

fn require_certificate(option: &str, pem: &str) -> Result<(), String> {
    CertificateDer::from_pem_slice(pem.as_bytes())
        .map(drop)
        .map_err(|error| format!("{option}: no certificate in PEM: {error}"))
}

fn accept_anyone() -> Arc<dyn ServerCertVerifier> {
    Arc::new(AcceptAnyone(ring::default_provider()))
}

/// Checks that the server holds the key of the certificate that it shows, and nothing else.
#[derive(Debug)]
struct AcceptAnyone(CryptoProvider);

impl ServerCertVerifier for AcceptAnyone {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_refused_by_its_options_name() {
        let settings = TlsSettings { server_ca: Some("not PEM".to_owned()), ..Default::default() };

        assert!(settings.build().unwrap_err().starts_with("tls.server_ca: no certificate"));
    }

    #[test]
    fn a_certificate_without_its_key_is_refused() {
        let settings = TlsSettings { client_cert: Some("any".to_owned()), ..Default::default() };

        assert_eq!(settings.build().unwrap_err(), "tls.client_cert is given without tls.client_key");
    }
}
