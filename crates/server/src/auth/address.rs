//! From where a request comes, as far as it can be believed.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use ipnet::IpNet;

/// The address of the client: that of the connection, or where that is a trusted proxy, the one it says it speaks for.
pub(super) fn client_address(parts: &Parts, trusted: &[IpNet]) -> IpAddr {
    let peer = peer(parts);
    believed(peer, &parts.headers, trusted)
}

/// Whether the client speaks TLS with a trusted proxy in front of this server.
pub(crate) fn is_behind_tls(parts: &Parts, trusted: &[IpNet]) -> bool {
    let is_https = |value: &axum::http::HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"https");
    is_trusted(peer(parts), trusted) && parts.headers.get("x-forwarded-proto").is_some_and(is_https)
}

/// The addresses that count as one: who has one IPv6 address usually has the whole /64 around it.
pub(super) fn block(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

fn peer(parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::from([0, 0, 0, 0]), |ConnectInfo(address)| address.ip().to_canonical())
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|net| net.contains(&address))
}

/// Every proxy adds the address it was called from at the end of `X-Forwarded-For`. Read from there, the first one
/// that is no trusted proxy is the client; what stands before it, anybody may have written.
fn believed(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let said: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    let mut client = peer;
    for word in said.into_iter().rev() {
        if !is_trusted(client, trusted) {
            break;
        }
        let address =
            word.parse().ok().or_else(|| word.parse().ok().map(|with_port: SocketAddr| with_port.ip()));
        match address {
            Some(address) => client = IpAddr::to_canonical(&address),
            None => break,
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        believed(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let proxy = &["10.0.0.0/8"];
        assert_eq!(client("192.0.2.1", &["198.51.100.7"], proxy), "192.0.2.1", "not a proxy of ours");
        assert_eq!(client("10.0.0.1", &[], proxy), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["198.51.100.7"], proxy), "198.51.100.7");
        assert_eq!(client("10.0.0.1", &["1.1.1.1, 198.51.100.7, 10.9.9.9"], proxy), "198.51.100.7");
        assert_eq!(client("10.0.0.1", &["1.1.1.1", "198.51.100.7"], proxy), "198.51.100.7");
        assert_eq!(client("10.0.0.1", &["1.1.1.1, nonsense"], proxy), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["198.51.100.7:4711"], proxy), "198.51.100.7");
        assert_eq!(client("10.0.0.1", &["[2001:db8::7]:4711"], proxy), "2001:db8::7");
        assert_eq!(client("10.0.0.1", &["198.51.100.7"], &[]), "10.0.0.1", "nobody is trusted by default");
    }
}
