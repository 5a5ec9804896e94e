//! The envelope around every answer, for two entry points and in two formats.

use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use crate::answer::{Contents, Failure};
use crate::xml;

/// The entry point of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryPoint {
    /// `/ocs/v1.php`: HTTP 200 for every answer but 401, and `statuscode` 100 for success.
    V1,
    /// `/ocs/v2.php`: HTTP statuses.
    V2,
}

/// The format of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON.
    Json,
    /// XML.
    Xml,
}

/// The entry point and format of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope {
    /// The entry point of the request.
    pub entry_point: EntryPoint,
    /// The format of the answer.
    pub format: Format,
}

/// The fallback for unknown paths: 404.
pub async fn unknown_route() -> Failure {
    Failure::new(404).because("Invalid query, please check the address: there is no such operation")
}

/// The fallback for methods that a route does not accept: 405.
pub async fn unknown_method() -> Failure {
    Failure::new(405).because("Invalid query: this operation does not take this method")
}

impl Envelope {
    /// The envelope for a request. `format` in the query decides on the format, then `Accept`.
    #[must_use]
    pub fn for_request(uri: &Uri, headers: &HeaderMap) -> Self {
        let entry_point = if uri.path().starts_with("/ocs/v1.php") { EntryPoint::V1 } else { EntryPoint::V2 };
        let requested = uri.query().and_then(|query| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs.find_map(|(name, value)| match (name.as_ref(), value.as_ref()) {
                ("format", "json") => Some(Format::Json),
                ("format", "xml") => Some(Format::Xml),
                _ => None,
            })
        });
        let accepts_json = || {
            headers.get_all(ACCEPT).iter().any(|accept| {
                accept.to_str().is_ok_and(|accept| accept.to_ascii_lowercase().contains("application/json"))
            })
        };
        let format = requested.unwrap_or_else(|| if accepts_json() { Format::Json } else { Format::Xml });
        Self { entry_point, format }
    }

    /// Writes the result of a handler into the envelope. This has to wrap everything that returns [`crate::Answer`] or
    /// [`Failure`], including the fallbacks for unknown paths and methods.
    #[must_use]
    pub fn seal(self, mut response: Response) -> Response {
        match response.extensions_mut().remove::<Contents>() {
            Some(contents) => self.write(response, &contents),
            None => response,
        }
    }

    fn write(self, response: Response, contents: &Contents) -> Response {
        let (mut parts, _) = response.into_parts();
        if self.entry_point == EntryPoint::V1 && parts.status != StatusCode::UNAUTHORIZED {
            parts.status = StatusCode::OK;
        }
        let written = match self.format {
            Format::Json => self.json(contents),
            Format::Xml => self.xml(contents).map(String::into_bytes),
        };
        match written {
            Ok(body) => {
                let kind = match self.format {
                    Format::Json => "application/json; charset=utf-8",
                    Format::Xml => "application/xml; charset=utf-8",
                };
                parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
                Response::from_parts(parts, Body::from(body))
            }
            // Only for a value that serde cannot write as JSON, such as a map with maps for keys.
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }

    fn meta(self, contents: &Contents) -> (&'static str, u16, Option<&str>) {
        let code = match (self.entry_point, contents.code) {
            (EntryPoint::V1, 200) => 100,
            (_, code) => code,
        };
        let ok = match self.entry_point {
            // v1.php has a single success code: even 201 counts as a failure there.
            EntryPoint::V1 => code == 100,
            EntryPoint::V2 => (200..300).contains(&code),
        };
        if ok { ("ok", code, Some("OK")) } else { ("failure", code, contents.message.as_deref()) }
    }

    fn json(self, contents: &Contents) -> Result<Vec<u8>, serde_json::Error> {
        let mut out = Vec::with_capacity(1024 + contents.data.json_bytes());
        out.extend_from_slice(br#"{"ocs":"#);
        self.body(contents, &mut out)?;
        out.push(b'}');
        Ok(out)
    }

    fn xml(self, contents: &Contents) -> Result<String, serde_json::Error> {
        let mut json = Vec::with_capacity(1024 + contents.data.json_bytes());
        self.body(contents, &mut json)?;
        let mut out = String::with_capacity(2 * json.len());
        out.push_str("<?xml version=\"1.0\"?>\n");
        xml::write_element(&mut out, "ocs", &json)?;
        Ok(out)
    }

    /// Writes the value of `ocs` as JSON.
    fn body(self, contents: &Contents, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        let (status, code, message) = self.meta(contents);
        out.extend_from_slice(
            format!(r#"{{"meta":{{"status":"{status}","statuscode":{code},"message":"#).as_bytes(),
        );
        serde_json::to_writer(&mut *out, &message)?;
        if self.entry_point == EntryPoint::V1 {
            out.extend_from_slice(br#","totalitems":"","itemsperpage":"""#);
        }
        out.extend_from_slice(br#"},"data":"#);
        contents.data.json(out)?;
        out.push(b'}');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::php::EmptyArray;

    fn envelope(uri: &str, accept: Option<&str>) -> Envelope {
        let mut headers = HeaderMap::new();
        if let Some(accept) = accept {
            headers.insert(ACCEPT, HeaderValue::from_str(accept).unwrap());
        }
        Envelope::for_request(&uri.parse().unwrap(), &headers)
    }

    #[test]
    fn format_comes_from_query_then_accept_then_xml() {
        let format = |uri, accept| envelope(uri, accept).format;
        assert_eq!(format("/ocs/v2.php/x?format=json", Some("application/xml")), Format::Json);
        assert_eq!(format("/ocs/v2.php/x?a=1&format=xml", Some("application/json")), Format::Xml);
        assert_eq!(format("/ocs/v2.php/x?format=yaml", Some("application/json")), Format::Json);
        assert_eq!(format("/ocs/v2.php/x", Some("text/html, Application/JSON;q=0.9")), Format::Json);
        for accept in [None, Some("text/html"), Some("*/*"), Some("application/xml")] {
            assert_eq!(format("/ocs/v2.php/x", accept), Format::Xml, "{accept:?}");
        }
        assert_eq!(envelope("/ocs/v1.php/x", None).entry_point, EntryPoint::V1);
    }

    fn written(uri: &str, code: u16, message: Option<&'static str>) -> String {
        let contents = Contents { code, message: message.map(Into::into), data: Arc::new(EmptyArray) };
        String::from_utf8(envelope(uri, Some("application/json")).json(&contents).unwrap()).unwrap()
    }

    #[test]
    fn successes_and_failures_as_json() {
        let v2 = "/ocs/v2.php/x";
        let v1 = "/ocs/v1.php/x";
        assert_eq!(
            written(v2, 201, None),
            r#"{"ocs":{"meta":{"status":"ok","statuscode":201,"message":"OK"},"data":[]}}"#
        );
        assert_eq!(
            written(v2, 400, Some("roomName must not be \"\"")),
            r#"{"ocs":{"meta":{"status":"failure","statuscode":400,"message":"roomName must not be \"\""},"data":[]}}"#
        );
        let v1_meta = |meta: &str| {
            format!(r#"{{"ocs":{{"meta":{{{meta},"totalitems":"","itemsperpage":""}},"data":[]}}}}"#)
        };
        assert_eq!(written(v1, 200, None), v1_meta(r#""status":"ok","statuscode":100,"message":"OK""#));
        assert_eq!(written(v1, 201, None), v1_meta(r#""status":"failure","statuscode":201,"message":null"#));
        assert_eq!(written(v1, 404, None), v1_meta(r#""status":"failure","statuscode":404,"message":null"#));
    }

    #[test]
    fn failures_as_xml() {
        let contents = Contents { code: 404, message: Some("<no>".into()), data: Arc::new(EmptyArray) };
        let xml = envelope("/ocs/v1.php/x", None).xml(&contents).unwrap();
        let expected = "<?xml version=\"1.0\"?>\n<ocs>\n <meta>\n  <status>failure</status>\n  \
            <statuscode>404</statuscode>\n  <message>&lt;no&gt;</message>\n  <totalitems></totalitems>\n  \
            <itemsperpage></itemsperpage>\n </meta>\n <data/>\n</ocs>\n";
        assert_eq!(xml, expected);
    }
}
