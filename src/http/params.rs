//! Owns the parameters of a request as Plausible's clients send them: in the query string, as JSON, as a form or as a form
//! in parts (`curl -F`). It does not know what they mean.

use std::{collections::BTreeMap, future::ready};

use actix_multipart::Multipart;
use actix_web::{HttpRequest, web};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::{
    body::{media_type, read_form},
    error::ApiError,
};

/// Most parameters of a request.
const MOST: usize = 32;

/// The parameters of a request, wherever they stand. Those of the body win.
#[derive(Debug, Default)]
pub struct Params(Map<String, Value>);

impl Params {
    /// Reads the parameters. A body may be missing, for not every client can send one with a DELETE.
    pub async fn read(request: &HttpRequest, payload: web::Payload) -> Result<Self, ApiError> {
        let mut params = Self::default();
        params.take_pairs(request.query_string().as_bytes())?;
        let body = read_form(request, payload).await?;
        match media_type(request).as_deref() {
            _ if body.is_empty() => {}
            Some("application/json") => params.take_json(&body)?,
            Some("application/x-www-form-urlencoded") => params.take_pairs(&body)?,
            Some("multipart/form-data") => params.take_parts(request, body).await?,
            _ => return Err(ApiError::UnsupportedMediaType),
        }
        Ok(params)
    }

    /// Returns the text of a parameter; a form has nothing else, and in JSON a number will do, too.
    pub fn text(&self, name: &str) -> Result<Option<String>, ApiError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
                Err(ApiError::invalid(format!("/{name}"), "a text is expected here"))
            }
        }
    }

    /// Returns the text of a parameter that must be there.
    pub fn required(&self, name: &str) -> Result<String, ApiError> {
        self.text(name)?.ok_or_else(|| ApiError::invalid(format!("/{name}"), "it is required"))
    }

    /// Returns the texts of a parameter that has names of its own: an object of JSON, the text of one in a form, or `name[key]=value`.
    pub fn texts(&self, name: &str) -> Result<BTreeMap<String, String>, ApiError> {
        let wrong = || ApiError::invalid(format!("/{name}"), "an object of texts is expected here");
        let object = match self.0.get(name) {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(object)) => object.clone(),
            Some(Value::String(text)) if text.trim().is_empty() => Map::new(),
            Some(Value::String(text)) => serde_json::from_str(text).map_err(|_no_object| wrong())?,
            Some(Value::Array(_) | Value::Bool(_) | Value::Number(_)) => return Err(wrong()),
        };
        let of_brackets = self.0.iter().filter_map(|(key, value)| {
            let key = key.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?;
            Some((key.to_owned(), value.clone()))
        });
        let texts = object.into_iter().chain(of_brackets).map(|(key, value)| match value {
            Value::String(text) => Ok((key, text)),
            Value::Number(number) => Ok((key, number.to_string())),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => Err(wrong()),
        });
        texts.collect()
    }

    fn put(&mut self, name: String, value: Value) -> Result<(), ApiError> {
        self.0.insert(name, value);
        if self.0.len() > MOST {
            return Err(ApiError::Malformed(format!("the request has more than {MOST} parameters")));
        }
        Ok(())
    }

    fn take_pairs(&mut self, text: &[u8]) -> Result<(), ApiError> {
        form_urlencoded::parse(text).try_for_each(|(name, value)| self.put(name.into_owned(), Value::from(value)))
    }

    fn take_json(&mut self, body: &[u8]) -> Result<(), ApiError> {
        let object: Map<String, Value> =
            serde_json::from_slice(body).map_err(|error| ApiError::Malformed(error.to_string()))?;
        object.into_iter().try_for_each(|(name, value)| self.put(name, value))
    }

    async fn take_parts(&mut self, request: &HttpRequest, body: Bytes) -> Result<(), ApiError> {
        let malformed = |error: actix_multipart::MultipartError| ApiError::Malformed(error.to_string());
        let mut parts = Multipart::new(request.headers(), stream::once(ready(Ok(body))));
        while let Some(part) = parts.next().await {
            let mut part = part.map_err(malformed)?;
            let name = part.name().unwrap_or_default().to_owned();
            let mut value = Vec::new();
            while let Some(chunk) = part.next().await {
                value.extend_from_slice(&chunk.map_err(malformed)?);
            }
            let value = String::from_utf8(value)
                .map_err(|_not_text| ApiError::invalid(format!("/{name}"), "it is not UTF-8"))?;
            self.put(name, Value::from(value))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{FromRequest, dev::Payload, test::TestRequest};

    use super::*;

    async fn read(query: &str, kind: &str, body: &str) -> Result<Params, ApiError> {
        let request = TestRequest::put().uri(&format!("/?{query}")).insert_header(("content-type", kind));
        let (request, mut payload): (HttpRequest, Payload) = request.set_payload(body.to_owned()).to_http_parts();
        let payload = web::Payload::from_request(&request, &mut payload).await.unwrap();
        Params::read(&request, payload).await
    }

    #[actix_web::test]
    async fn parameters_are_read_wherever_they_stand() {
        let parts = "--x\r\nContent-Disposition: form-data; name=\"site_id\"\r\n\r\nпример.бг\r\n\
                     --x\r\nContent-Disposition: form-data; name=\"depth\"\r\n\r\n75\r\n--x--\r\n";
        for (query, kind, body) in [
            ("site_id=пример.бг&depth=75", "", ""),
            ("site_id=other&depth=75", "application/json", r#"{"site_id":"пример.бг"}"#),
            ("", "application/json; charset=utf-8", r#"{"site_id":"пример.бг","depth":75,"x":null}"#),
            (
                "depth=1",
                "application/x-www-form-urlencoded",
                "depth=75&site_id=%D0%BF%D1%80%D0%B8%D0%BC%D0%B5%D1%80.бг",
            ),
            ("", "multipart/form-data; boundary=x", parts),
        ] {
            let query: String = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(form_urlencoded::parse(query.as_bytes()))
                .finish();
            let params = read(&query, kind, body).await.unwrap();
            assert_eq!(params.required("site_id").unwrap(), "пример.бг", "{kind} {body}");
            assert_eq!(params.text("depth").unwrap().as_deref(), Some("75"), "{kind} {body}");
            assert!(params.text("x").unwrap().is_none() && params.required("x").is_err());
        }
    }

    #[actix_web::test]
    async fn what_is_no_form_is_refused() {
        let many = (0..33).map(|n| format!("{n}=1")).collect::<Vec<_>>().join("&");
        let open = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nnever ends";
        let garbled = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--y--\r\n";
        for (what, query, kind, body) in [
            ("a list", "", "application/json", "[]"),
            ("cut JSON", "", "application/json", "{"),
            ("text", "", "text/plain", "{}"),
            ("33 in the query", many.as_str(), "", ""),
            ("33 in the form", "", "application/x-www-form-urlencoded", many.as_str()),
            ("no boundary", "", "multipart/form-data", open),
            ("no end", "", "multipart/form-data; boundary=x", open),
            ("another boundary", "", "multipart/form-data; boundary=x", garbled),
        ] {
            let refused = read(query, kind, body).await;
            assert!(
                matches!(refused, Err(ApiError::Malformed(_) | ApiError::UnsupportedMediaType)),
                "{what}: {refused:?}"
            );
        }
        let params = read("", "application/json", r#"{"a":[1],"b":{},"c":{"d":1},"e":"{}"}"#).await.unwrap();
        assert!(params.text("a").is_err());
        let texts = |name: &str| params.texts(name).map(|texts| texts.len()).ok();
        assert_eq!(["a", "b", "c", "d", "e"].map(texts), [None, Some(0), Some(1), Some(0), Some(0)]);
        let form =
            read("", "application/x-www-form-urlencoded", "p[plan]=pro&p[a b]=1&p=%7B%22x%22:%22y%22%7D&q=%5B%5D")
                .await
                .unwrap();
        let expected =
            [("a b", "1"), ("plan", "pro"), ("x", "y")].map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(form.texts("p").unwrap(), expected.into());
        assert!(form.texts("q").is_err());
    }
}
