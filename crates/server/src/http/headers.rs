//! The headers of every answer.

use axum::http::header::{CACHE_CONTROL, ETAG, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue};

/// Adds the default headers: no sniffing of media types, and no caching unless the operation names a cache policy. A
/// client may cache an answer with an `ETag`, but has to revalidate it each time.
pub(crate) fn add_defaults(headers: &mut HeaderMap) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !headers.contains_key(CACHE_CONTROL) {
        let policy = if headers.contains_key(ETAG) { "private, no-cache" } else { "no-store" };
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(policy));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_can_name_another_cache_policy() {
        let cache_control = |given: &[(axum::http::HeaderName, &'static str)]| {
            let given = given.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
            let mut headers: HeaderMap = given.collect();
            add_defaults(&mut headers);
            assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
            headers[CACHE_CONTROL].to_str().unwrap().to_owned()
        };
        assert_eq!(cache_control(&[]), "no-store");
        assert_eq!(cache_control(&[(ETAG, "\"x\"")]), "private, no-cache");
        assert_eq!(cache_control(&[(CACHE_CONTROL, "max-age=1"), (ETAG, "\"x\"")]), "max-age=1");
    }
}
