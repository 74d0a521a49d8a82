//! Which address to connect to, and whether TLS is spoken there.

use url::Url;

const DEFAULT_PORT: u16 = 7233;

/// What the options say of TLS.
#[derive(Clone, Copy, PartialEq)]
pub enum TlsWish {
    /// TLS options or an API key are given.
    On,
    /// TLS is disabled in so many words.
    Off,
    Unsaid,
}

/// Makes a URL of `http://host:port`, `https://host:port` or `host:port` (port 7233 if it is left out).
///
/// Never falls back to plain text in silence: where the scheme contradicts the wish, it fails. The transport
/// beneath ignores TLS options for an http URL.
pub fn parse(target: &str, wish: TlsWish) -> Result<Url, String> {
    let url = match Url::parse(target) {
        Ok(url) if url.has_host() => with_scheme(url, wish)?,
        _ => without_scheme(target, wish)?,
    };
    if !matches!(url.path(), "" | "/") || url.query().is_some() || !url.username().is_empty() {
        return Err(format!("target: '{target}' has more than a host and a port"));
    }
    Ok(url)
}

fn with_scheme(url: Url, wish: TlsWish) -> Result<Url, String> {
    match (url.scheme(), wish) {
        ("https", TlsWish::Off) => Err("target: https:// contradicts tls.disabled".to_owned()),
        ("http", TlsWish::On) => Err("target: http:// contradicts the TLS options or the API key; write \
             https://, or set tls.disabled to send it in plain text"
            .to_owned()),
        ("http" | "https", _) => Ok(url),
        (scheme, _) => Err(format!("target: '{scheme}://' is neither http:// nor https://")),
    }
}

fn without_scheme(target: &str, wish: TlsWish) -> Result<Url, String> {
    let bad = |error| format!("target: '{target}' is not HOST:PORT: {error}");
    // A scheme that the URL standard does not know, for it drops the default port of one that it does.
    let authority = Url::parse(&format!("temporal://{target}")).map_err(bad)?;
    let host = authority.host_str().filter(|host| !host.is_empty());
    let host = host.ok_or_else(|| format!("target: '{target}' names no host"))?;
    let port = authority.port().unwrap_or(DEFAULT_PORT);
    let scheme = if wish == TlsWish::On { "https" } else { "http" };
    let rest = authority.path();
    Url::parse(&format!("{scheme}://{host}:{port}{rest}")).map_err(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(target: &str, wish: TlsWish) -> String {
        parse(target, wish).map_or_else(|error| error, Into::into)
    }

    #[test]
    fn the_scheme_follows_the_wish_where_there_is_none() {
        assert_eq!(parsed("127.0.0.1:7233", TlsWish::Unsaid), "http://127.0.0.1:7233/");
        assert_eq!(parsed("localhost:7233", TlsWish::Off), "http://localhost:7233/");
        assert_eq!(parsed("a.example:7233", TlsWish::On), "https://a.example:7233/");
        assert_eq!(parsed("[::1]:9", TlsWish::Unsaid), "http://[::1]:9/");
    }

    #[test]
    fn a_port_that_is_left_out_is_temporals() {
        assert_eq!(parsed("a.example", TlsWish::On), "https://a.example:7233/");
        // The default port of the scheme, which the URL leaves out again.
        assert_eq!(parsed("a.example:443", TlsWish::On), "https://a.example/");
    }

    #[test]
    fn a_contradiction_is_refused() {
        assert!(parsed("http://a.example:7233", TlsWish::On).contains("contradicts"));
        assert!(parsed("https://a.example:7233", TlsWish::Off).contains("contradicts"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        assert!(parsed("", TlsWish::Unsaid).contains("names no host"));
        assert!(parsed("grpc://a.example:1", TlsWish::Unsaid).contains("neither http://"));
        assert!(parsed("a.example:seven", TlsWish::Unsaid).contains("not HOST:PORT"));
        assert!(parsed("http://a.example:1/path", TlsWish::Unsaid).contains("more than"));
        assert!(parsed("a.example:1/path", TlsWish::Unsaid).contains("more than"));
    }
}
