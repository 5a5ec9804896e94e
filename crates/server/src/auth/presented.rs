//! The credentials in the headers of a request.

use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plauder_ocs::Failure;

/// The cookie of a signed-in account, or of a guest.
pub(crate) const SESSION_COOKIE: &str = "plauder_session";

/// The credentials that a request presents. They contain secrets and are never logged.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum PresentedCredentials {
    None,
    /// `Authorization: Basic`: an account, and its password or an app password.
    Basic {
        user: String,
        secret: String,
    },
    /// `Authorization: Bearer`: an app password.
    Bearer(String),
    /// The session cookie.
    Cookie(String),
    /// An `Authorization` header that cannot be parsed. It counts as wrong credentials.
    Unreadable,
}

impl PresentedCredentials {
    pub(super) fn from_headers(headers: &HeaderMap) -> Self {
        if let Some(authorization) = headers.get(AUTHORIZATION) {
            return authorization.to_str().ok().and_then(parse_authorization).unwrap_or(Self::Unreadable);
        }
        session_cookie(headers).map_or(Self::None, Self::Cookie)
    }
}

/// The value of the session cookie.
pub(super) fn session_cookie(headers: &HeaderMap) -> Option<String> {
    // Each is converted alone: the cookies of other programs may hold bytes that are no text.
    let cookies =
        headers.get_all(COOKIE).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
    let texts = cookies.filter_map(|cookie| std::str::from_utf8(cookie).ok());
    let mut pairs = texts.filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == SESSION_COOKIE)?;
    Some(value.to_owned())
}

/// The header that sets the session cookie for `max_age` seconds, or until the browser is closed.
pub(crate) fn set_session_cookie(
    secret: &str,
    max_age: Option<i64>,
    is_behind_tls: bool,
) -> Result<HeaderValue, Failure> {
    let max_age = max_age.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let secure = if is_behind_tls { "; Secure" } else { "" };
    let cookie = format!("{SESSION_COOKIE}={secret}; Path=/{max_age}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&cookie).map_err(|_| Failure::internal())
}

fn parse_authorization(value: &str) -> Option<PresentedCredentials> {
    let (scheme, rest) = value.split_once(' ')?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("basic") {
        let decoded = decode_text(STANDARD.decode(rest).ok()?);
        // No account id contains U+0000, and PostgreSQL refuses it in a text.
        let (user, secret) = decoded.split_once(':').filter(|(user, _)| !user.contains('\0'))?;
        Some(PresentedCredentials::Basic { user: user.to_owned(), secret: secret.to_owned() })
    } else if scheme.eq_ignore_ascii_case("bearer") {
        Some(PresentedCredentials::Bearer(rest.to_owned()))
    } else {
        None
    }
}

/// Credentials are UTF-8 or, as older programs send them, Latin-1.
fn decode_text(credentials: Vec<u8>) -> String {
    String::from_utf8(credentials)
        .unwrap_or_else(|error| error.as_bytes().iter().copied().map(char::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presented(headers: &[(&'static str, &str)]) -> PresentedCredentials {
        let value = |text: &str| HeaderValue::from_bytes(text.as_bytes()).unwrap();
        let headers = headers.iter().map(|(name, text)| (name.parse().unwrap(), value(text)));
        PresentedCredentials::from_headers(&headers.collect())
    }

    #[test]
    fn credentials_are_read_from_headers() {
        let basic = |user: &str, secret: &str| PresentedCredentials::Basic {
            user: user.into(),
            secret: secret.into(),
        };
        assert!(presented(&[]) == PresentedCredentials::None);
        assert!(presented(&[("authorization", "Basic YWxpY2U6cDpx")]) == basic("alice", "p:q"));
        assert!(presented(&[("authorization", "basic YWxpY2U6")]) == basic("alice", ""));
        let (utf_8, latin_1) = ("Basic w7w6w58=", "Basic /Drf");
        assert!(presented(&[("authorization", utf_8)]) == basic("ü", "ß"));
        assert!(presented(&[("authorization", latin_1)]) == basic("ü", "ß"));
        assert!(
            presented(&[("authorization", "Bearer  abc ")]) == PresentedCredentials::Bearer("abc".into())
        );
        let cookies = [("cookie", "a=b; plauder_session=xyz"), ("cookie", "c=d")];
        assert!(presented(&cookies) == PresentedCredentials::Cookie("xyz".into()));
        let foreign = [("cookie", "name=Jörg; plauder_session=xyz")];
        assert!(presented(&foreign) == PresentedCredentials::Cookie("xyz".into()));
        let both = [("authorization", "Bearer abc"), ("cookie", "plauder_session=xyz")];
        assert!(
            presented(&both) == PresentedCredentials::Bearer("abc".into()),
            "the header wins over the cookie"
        );
        for unreadable in
            ["", "Basic", "Basic ***", "Basic YWxpY2U=", "Digest x", "Basic /w==", "Basic YQBiOnB3"]
        {
            assert!(
                presented(&[("authorization", unreadable)]) == PresentedCredentials::Unreadable,
                "{unreadable}"
            );
        }
    }
}
