//! The address of a client, behind trusted proxies too.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use ipnet::IpNet;

/// The address of the client: that of the connection or, if that is a trusted proxy, the one in `X-Forwarded-For`.
pub(super) fn client_address(parts: &Parts, trusted: &[IpNet]) -> IpAddr {
    let peer = peer(parts);
    resolve_client(peer, &parts.headers, trusted)
}

/// Whether the client uses TLS to a trusted proxy.
pub(crate) fn is_behind_tls(parts: &Parts, trusted: &[IpNet]) -> bool {
    let is_https = |value: &axum::http::HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"https");
    is_trusted(peer(parts), trusted) && parts.headers.get("x-forwarded-proto").is_some_and(is_https)
}

/// The network under which an address is limited: an IPv4 address itself, or the /64 network of an IPv6 address, which
/// usually belongs to one client.
pub(super) fn network(address: IpAddr) -> IpAddr {
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

/// Each proxy appends the address of its peer to `X-Forwarded-For`. The last address that is not a trusted proxy is the
/// client's; the client itself may have written the addresses before it.
fn resolve_client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let values = headers.get_all("x-forwarded-for").iter();
    let forwarded: Vec<&[u8]> =
        values.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).collect();
    let mut client = peer;
    for bytes in forwarded.into_iter().rev() {
        if !is_trusted(client, trusted) {
            break;
        }
        // Bytes that are no text may stand in what the client wrote, but not hide what a proxy appended.
        let text = std::str::from_utf8(bytes).unwrap_or_default().trim();
        let address =
            text.parse().ok().or_else(|| text.parse().ok().map(|with_port: SocketAddr| with_port.ip()));
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
            headers.append("x-forwarded-for", axum::http::HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        resolve_client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let proxy = &["10.0.0.0/8"];
        assert_eq!(client("192.0.2.1", &["198.51.100.7"], proxy), "192.0.2.1", "not a trusted proxy");
        assert_eq!(client("10.0.0.1", &[], proxy), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["198.51.100.7"], proxy), "198.51.100.7");
        assert_eq!(client("10.0.0.1", &["1.1.1.1, 198.51.100.7, 10.9.9.9"], proxy), "198.51.100.7");
        assert_eq!(client("10.0.0.1", &["1.1.1.1", "198.51.100.7"], proxy), "198.51.100.7");
        assert_eq!(client("10.0.0.1", &["1.1.1.1, nonsense"], proxy), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["ü, 198.51.100.7"], proxy), "198.51.100.7", "bytes that are no text");
        assert_eq!(client("10.0.0.1", &["198.51.100.7:4711"], proxy), "198.51.100.7");
        assert_eq!(client("10.0.0.1", &["[2001:db8::7]:4711"], proxy), "2001:db8::7");
        assert_eq!(client("10.0.0.1", &["198.51.100.7"], &[]), "10.0.0.1", "no proxy is trusted by default");
    }
}
