//! What is said when the two sides do not trust each other: quickly, and by name.

mod support;

use std::{
    io::{self, Write},
    net::TcpListener,
    sync::Arc,
    thread,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use support::{Runtime, connect_error};
use tokio_rustls::rustls::{
    ServerConfig, ServerConnection, Stream,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
    server::WebPkiClientVerifier,
};

/// A certificate authority with a certificate for 127.0.0.1.
struct Authority {
    pem: String,
    certificate: CertificateDer<'static>,
    server_certificate: CertificateDer<'static>,
    server_key: PrivateKeyDer<'static>,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let server = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap().signed_by(&key, &authority);
        Self {
            pem: authority.pem(),
            certificate: authority.der().clone(),
            server_certificate: server.unwrap().der().clone(),
            server_key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        }
    }

    fn server(&self, client_certificates: bool) -> ServerConfig {
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = if client_certificates {
            let mut roots = tokio_rustls::rustls::RootCertStore::empty();
            roots.add(self.certificate.clone()).unwrap();
            let provider = Arc::new(ring::default_provider());
            let verifier =
                WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build().unwrap();
            builder.with_client_cert_verifier(verifier)
        } else {
            builder.with_no_client_auth()
        };
        let mut config = builder
            .with_single_cert(vec![self.server_certificate.clone()], self.server_key.clone_key())
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec()];
        config
    }
}

/// Shakes hands with whoever comes and says nothing more; gives its address.
fn serve(config: ServerConfig) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let config = Arc::new(config);
    thread::spawn(move || {
        while let Ok((mut socket, _)) = listener.accept() {
            let mut connection = ServerConnection::new(config.clone()).unwrap();
            if Stream::new(&mut connection, &mut socket).flush().is_err() {
                // A socket that is closed with something unread in it takes the alert back.
                let _ = io::copy(&mut socket, &mut io::sink());
            }
        }
    });
    address
}

fn error_of(target: &str, tls: serde_json::Value) -> (String, String) {
    let options = serde_json::json!({"target": target, "tls": tls}).to_string();
    let error: serde_json::Value = serde_json::from_str(&connect_error(&Runtime::new(), &options)).unwrap();
    let field = |name: &str| error[name].as_str().unwrap().to_owned();
    (field("kind"), field("message"))
}

#[test]
fn a_server_of_another_authority_is_refused_for_its_certificate() {
    let target = serve(Authority::new("theirs").server(false));

    let (kind, message) = error_of(&target, serde_json::json!({"server_ca": Authority::new("ours").pem}));

    assert_eq!(kind, "tls", "{message}");
    assert!(message.contains("invalid peer certificate: UnknownIssuer"), "{message}");
}

#[test]
fn a_server_of_another_name_is_refused_for_its_certificate() {
    let authority = Authority::new("ours");
    let target = serve(authority.server(false));

    let tls = serde_json::json!({"server_ca": authority.pem, "server_name": "b.example"});
    let (kind, message) = error_of(&target, tls);

    assert_eq!(kind, "tls", "{message}");
    assert!(message.contains("certificate not valid for name \"b.example\""), "{message}");
}

#[test]
fn without_verification_any_certificate_will_do() {
    let target = serve(Authority::new("theirs").server(false));

    let (kind, message) = error_of(&target, serde_json::json!({"disable_host_verification": true}));

    // It shook hands, and then failed because this server says nothing.
    assert!(message.contains("the first call failed"), "{kind}: {message}");
}

#[test]
fn a_server_that_wants_a_certificate_of_ours_says_so() {
    let authority = Authority::new("ours");
    let target = serve(authority.server(true));

    let (kind, message) = error_of(&target, serde_json::json!({"server_ca": authority.pem}));

    assert_eq!(kind, "tls", "{message}");
    // The alert is lost if the connection is gone before the call could use it.
    let said = ["CertificateRequired", "may require a client certificate"];
    assert!(said.iter().any(|words| message.contains(words)), "{message}");
}

#[test]
fn a_server_without_tls_is_told_from_one_with_a_bad_certificate() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        while let Ok((mut socket, _)) = listener.accept() {
            let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });

    let (kind, message) = error_of(&target, serde_json::json!({}));

    assert_eq!(kind, "tls", "{message}");
    assert!(message.contains("does not seem to speak TLS"), "{message}");
}

#[test]
fn plain_text_to_a_server_with_tls_is_given_away() {
    let target = serve(Authority::new("theirs").server(false));

    let (kind, message) = error_of(&target, serde_json::Value::Null);

    assert_eq!(kind, "unreachable", "{message}");
    assert!(message.contains("the server may speak TLS only"), "{message}");
}
