//! Tests of all ways in which a request carries parameters.

use axum::Router;
use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use proptest::prelude::*;
use tower_service::Service as _;

use super::*;
use crate::Envelope;

async fn parameters(uri: &str, kind: &str, body: impl Into<Body>) -> Result<Parameters, Failure> {
    let request = Request::builder().uri(uri).header(CONTENT_TYPE, kind).body(body.into()).unwrap();
    Parameters::from_request(request, &()).await
}

const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

fn code<T: std::fmt::Debug>(result: Result<T, Failure>) -> u16 {
    result.unwrap_err().code()
}

#[tokio::test]
async fn parameters_are_read_from_query_form_and_json() {
    let from_query = parameters("/?roomName=T%C3%A9a+%26&roomType=3&a[]=1&a[]=2", FORM, "").await.unwrap();
    assert_eq!(from_query.text("roomName").unwrap(), "Téa &");
    assert_eq!(from_query.integer("roomType").unwrap(), 3);
    assert_eq!(from_query.texts("a").unwrap(), ["1", "2"]);
    assert_eq!(from_query.texts("b").unwrap(), Vec::<&str>::new());
    assert_eq!(from_query.integers("a").unwrap(), [1, 2]);
    assert_eq!(from_query.integers("b").unwrap(), Vec::<i64>::new());
    let from_form = parameters("/?roomName=query", FORM, "roomName=first&roomName=form").await.unwrap();
    assert_eq!(from_form.text("roomName").unwrap(), "form");
    let json = r#"{"roomName":"json","roomType":2,"level":"1","groups":["x"],"none":null,"ids":[3,"4"]}"#;
    let from_json = parameters("/?roomName=query", "application/json", json).await.unwrap();
    assert_eq!(from_json.text("roomName").unwrap(), "json");
    assert_eq!(from_json.integer("roomType").unwrap(), 2);
    assert_eq!(from_json.integer("level").unwrap(), 1);
    assert_eq!(from_json.texts("groups").unwrap(), ["x"]);
    assert_eq!(from_json.integers("ids").unwrap(), [3, 4]);
    assert_eq!(["groups", "level"].map(|name| code(from_json.integers(name))), [400, 400]);
    assert_eq!(from_json.optional_text("none").unwrap(), None);
}

#[tokio::test]
async fn booleans_are_read_in_all_spellings() {
    let json = r#"{"a":true,"b":0,"c":"False","d":"1","e":"yes","f":2,"g":"TRUE"}"#;
    let sent = parameters("/", "application/json", json).await.unwrap();
    assert_eq!(
        ["a", "b", "c", "d", "g"].map(|name| sent.bool_or(name, true).unwrap()),
        [true, false, false, true, true]
    );
    assert!(!sent.bool_or("absent", false).unwrap());
    assert_eq!(["e", "f"].map(|name| code(sent.bool_or(name, true))), [400, 400]);
}

#[tokio::test]
async fn a_missing_or_invalid_parameter_is_named() {
    let sent = parameters("/?roomType=abc&level=1.5&name=a%00b&list=x", FORM, "").await.unwrap();
    for (name, failure) in [
        ("roomName", sent.text("roomName").unwrap_err()),
        ("roomType", sent.integer("roomType").unwrap_err()),
        ("level", sent.integer("level").unwrap_err()),
        ("state", sent.integer("state").unwrap_err()),
        ("name", sent.text("name").unwrap_err()),
        ("list", sent.texts("list").unwrap_err()),
    ] {
        assert_eq!(failure.code(), 400);
        let said = failure.message().unwrap_or_default();
        assert!(said.starts_with(&format!("{name} ")), "{said}");
    }
    assert_eq!(sent.text_or_empty("roomName").unwrap(), "");
}

#[tokio::test]
async fn bodies_that_are_refused() {
    assert_eq!(code(parameters("/", "application/json", "{").await), 400);
    assert_eq!(code(parameters("/", "application/json", "[1]").await), 400);
    assert_eq!(code(parameters("/", "text/plain", "roomName=x").await), 415);
    assert_eq!(code(parameters("/", FORM, "x".repeat(BODY_LIMIT + 1)).await), 413);
    let many: Vec<String> = (0..=MAX_PARAMETERS).map(|number| format!("p{number}[]=")).collect();
    assert_eq!(code(parameters("/", FORM, many.join("&")).await), 400);
    assert_eq!(code(parameters("/", FORM, "a[]=&".repeat(MAX_PARAMETERS + 1)).await), 400);
    let query = "a=&".repeat(MAX_PARAMETERS);
    assert_eq!(code(parameters(&format!("/?{query}"), "application/json", r#"{"b":1}"#).await), 400);
    assert!(parameters("/", FORM, "x".repeat(BODY_LIMIT)).await.is_ok());
}

#[tokio::test]
async fn json_numbers_and_booleans_count_as_text() {
    let json = r#"{"name":42,"ratio":1.5,"yes":true,"no":false,"list":["a",7],"object":{}}"#;
    let sent = parameters("/", "application/json; charset=utf-8", json).await.unwrap();
    assert_eq!(["name", "ratio", "yes", "no"].map(|name| sent.text(name).unwrap()), ["42", "1.5", "1", ""]);
    assert_eq!(sent.integer("yes").unwrap(), 1);
    assert_eq!(sent.texts("list").unwrap(), ["a", "7"]);
    assert_eq!(["list", "object"].map(|name| code(sent.text(name))), [400, 400]);
}

#[tokio::test]
async fn a_negative_id_is_none() {
    let sent = parameters("/?a=-1&b=0&c=7&d=x", FORM, "").await.unwrap();
    assert_eq!(
        ["a", "b", "c", "absent"].map(|name| sent.optional_id(name).unwrap()),
        [None, Some(0), Some(7), None]
    );
    assert_eq!(code(sent.optional_id("d")), 400);
}

#[tokio::test]
async fn a_search_term_is_bounded() {
    let sent = |term: String| async move {
        parameters("/", FORM, format!("search={term}"))
            .await
            .unwrap()
            .search_term("search")
            .map(str::to_owned)
    };
    assert_eq!(sent("%C3%BC".repeat(255)).await.unwrap(), "ü".repeat(255));
    assert_eq!(code(sent("%C3%BC".repeat(256)).await), 400);
    assert_eq!(parameters("/", FORM, "").await.unwrap().search_term("search").unwrap(), "");
}

#[tokio::test]
async fn no_parameters() {
    for kind in ["application/json", FORM, "multipart/form-data", "text/plain", ""] {
        for body in ["", "[]", "null", " [] \n"] {
            let sent = parameters("/?a=1", kind, body).await.unwrap();
            assert_eq!((sent.text("a").unwrap(), sent.named.len()), ("1", 1), "{kind} {body:?}");
        }
    }
}

#[tokio::test]
async fn the_body_comes_before_the_query() {
    for (kind, body) in [
        (FORM, "a=body&list[]=x"),
        ("application/json", r#"{"a":"body","list":["x"]}"#),
        ("multipart/form-data; boundary=B", &multipart(&[("name=a", b"body"), ("name=\"list[]\"", b"x")])),
    ] {
        let sent = parameters("/?a=query&b=query&list[]=q", kind, body.to_owned()).await.unwrap();
        assert_eq!((sent.text("a").unwrap(), sent.text("b").unwrap()), ("body", "query"), "{kind}");
        assert_eq!(sent.texts("list").unwrap(), ["x"], "{kind}");
    }
}

#[tokio::test]
async fn list_items_may_have_an_index() {
    let sent = parameters("/?a[0]=x&a[1]=y&b[]=z&c[key]=w&d=v", FORM, "").await.unwrap();
    assert_eq!((sent.texts("a").unwrap(), sent.texts("b").unwrap()), (vec!["x", "y"], vec!["z"]));
    assert_eq!(sent.texts("c").unwrap(), Vec::<&str>::new());
    assert_eq!(code(sent.texts("d")), 400);
}

/// A multipart body. Each part has its parameters after `form-data;` and its content.
fn multipart(parts: &[(&str, &[u8])]) -> String {
    String::from_utf8(multipart_bytes(parts)).unwrap()
}

fn multipart_bytes(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (disposition, content) in parts {
        body.extend_from_slice(b"--B\r\nContent-Disposition: form-data; ");
        body.extend_from_slice(disposition.as_bytes());
        body.extend_from_slice(b"\r\n\r\n");
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--B--\r\n");
    body
}

const MULTIPART: &str = "multipart/form-data; boundary=B";

#[tokio::test]
async fn multipart_forms_carry_texts_and_files() {
    let body = multipart_bytes(&[
        ("name=\"message\"", "Grüße\r\naus Köln".as_bytes()),
        ("name=\"groups[]\"", b"a"),
        ("name=\"groups[]\"", b"b"),
        ("name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png", b"\x89PNG\xff"),
        ("name=\"none\"; filename=\"\"", b""),
    ]);
    let sent = parameters("/", MULTIPART, body).await.unwrap();
    assert_eq!(sent.text("message").unwrap(), "Grüße\r\naus Köln");
    assert_eq!(sent.texts("groups").unwrap(), ["a", "b"]);
    let file = sent.file("file").unwrap();
    assert_eq!((file.file_name.as_str(), file.content_type.as_deref()), ("a.png", Some("image/png")));
    assert_eq!(&file.bytes[..], b"\x89PNG\xff");
    assert_eq!(sent.file("none"), None);
}

#[tokio::test]
async fn broken_multipart_forms_are_refused() {
    let whole = multipart(&[("name=\"a\"", b"x")]);
    for cut in 6..whole.len() - 3 {
        assert_eq!(
            code(parameters("/", MULTIPART, whole[..cut].to_owned()).await),
            400,
            "{:?}",
            &whole[..cut]
        );
    }
    assert_eq!(code(parameters("/", "multipart/form-data", whole.clone()).await), 400);
    assert_eq!(code(parameters("/", MULTIPART, multipart(&[("", b"x")])).await), 400);
    let many = vec![("name=\"a[]\"", &b"x"[..]); MAX_PARAMETERS + 1];
    assert_eq!(code(parameters("/", MULTIPART, multipart(&many)).await), 400);
}

#[tokio::test]
async fn text_that_is_not_utf8_is_refused_by_name() {
    let said = |result: Result<Parameters, Failure>| {
        let failure = result.unwrap_err();
        assert_eq!(failure.code(), 400);
        failure.message().unwrap_or_default().to_owned()
    };
    let expected = "title has to be text in UTF-8";
    assert_eq!(said(parameters("/?title=%ff", FORM, "").await), expected);
    assert_eq!(said(parameters("/", FORM, "a=b&title=%C3").await), expected);
    assert_eq!(said(parameters("/", FORM, b"title=\xfc".to_vec()).await), expected);
    assert_eq!(
        said(parameters("/", "application/json", b"{\"a\":1,\"title\":\"\xfc\"}".to_vec()).await),
        expected
    );
    assert_eq!(said(parameters("/", MULTIPART, multipart_bytes(&[("name=title", b"\xfc")])).await), expected);
    assert_eq!(code(parameters("/?%ff=x", FORM, "").await), 400);
    assert_eq!(code(parameters("/", "application/json", r#"{"title":"\ud800"}"#).await), 400);
}

/// A handler that reads the parameter `a` in every type.
async fn read_all_types(
    path: Result<PathParameters, Failure>,
    sent: Result<Parameters, Failure>,
) -> Response {
    let read = || {
        path?;
        let sent = sent?;
        sent.text("a")?;
        sent.text_or_empty("a")?;
        sent.search_term("a")?;
        let _ = (sent.integer("a"), sent.optional_id("a"), sent.bool_or("a", false));
        let _ = (sent.texts("a"), sent.integers("a"), sent.file("a").is_some());
        Ok::<_, Failure>(crate::Answer::empty())
    };
    read().into_response()
}

/// The status of the answer to a request to `/ocs/v2.php/{a}`.
async fn status(path_and_query: &str, kind: &[u8], body: Vec<u8>) -> Option<StatusCode> {
    let request = Request::builder().method("POST").uri(path_and_query).header(CONTENT_TYPE, kind);
    // Such a request does not exist in HTTP.
    let request = request.body(Body::from(body)).ok()?;
    let envelope = Envelope::for_request(request.uri(), request.headers());
    let mut router = Router::new().route("/ocs/v2.php/{a}", axum::routing::any(read_all_types));
    Some(envelope.seal(router.call(request).await.unwrap()).status())
}

#[tokio::test]
async fn path_segments_are_text() {
    assert_eq!(status("/ocs/v2.php/x?a=1", b"", vec![]).await.unwrap(), 200);
    assert_eq!(status("/ocs/v2.php/%C3%BC?a=1", b"", vec![]).await.unwrap(), 200);
    assert_eq!(status("/ocs/v2.php/a%00b?a=1", b"", vec![]).await.unwrap(), 200, "names nothing");
    assert_eq!(status("/ocs/v2.php/%ff?a=1", b"", vec![]).await.unwrap(), 400);
}

fn any_body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        "(a|b|a\\[\\]|%61|%|%f|%00|%ff|=|&|\\+|ü){0,12}".prop_map(String::into_bytes),
        "[\\[\\]{},:\"a1e.\\-\\\\u0d8ntruefalse ]{0,40}".prop_map(String::into_bytes),
        r#"\{"a":("x"|1|-1|1e999|true|null|\[\]|\[1,"x",null,\{\}\]|\{"b":\[\]\}|"\\ud800"|"\\u0000")\}"#
            .prop_map(String::into_bytes),
        "(--B|--B--|\r\n|\r\n\r\n|Content-Disposition: form-data; name=|\"a\"|filename=|x|:|;){0,14}"
            .prop_map(String::into_bytes),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn no_request_is_answered_with_a_server_error(
        segment in "[a-z0-9%./~\\-]{0,12}",
        query in "(a|b|a\\[\\]|format|json|xml|%61|%00|%ff|%|=|&|\\+|\\[|\\]){0,10}",
        kind in prop_oneof![
            Just(b"application/json".to_vec()),
            Just(b"application/x-www-form-urlencoded".to_vec()),
            Just(b"multipart/form-data; boundary=B".to_vec()),
            Just(b"multipart/form-data; boundary=\"".to_vec()),
            prop::collection::vec(any::<u8>(), 0..30),
        ],
        body in any_body(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        if let Some(status) = runtime.block_on(status(&format!("/ocs/v2.php/{segment}?{query}"), &kind, body)) {
            prop_assert!(status.as_u16() < 500, "{status}");
        }
    }
}
