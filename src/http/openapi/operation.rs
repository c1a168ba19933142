//! Owns how a route is described: a small builder of OpenAPI 3.1. What is said of a route stands beside its handler.
#![expect(clippy::needless_pass_by_value, reason = "a schema is written where it is handed over")]

use actix_web::http::Method;
use serde_json::{Map, Value, json};

use super::schema::{PROBLEM, reference};

/// What is under one method of one path.
#[derive(Debug, Clone)]
pub struct Operation {
    pub method: Method,
    /// As in the route table, but for the patterns of parameters.
    pub path: String,
    pub(super) tag: &'static str,
    summary: &'static str,
    about: &'static str,
    security: Vec<Value>,
    parameters: Vec<Value>,
    body: Option<Value>,
    answers: Map<String, Value>,
}

/// What every request can meet.
const ALWAYS: [u16; 2] = [500, 503];

impl Operation {
    /// Begins the description of what the API needs a key or a session for.
    pub fn new(method: Method, path: &str, summary: &'static str) -> Self {
        let operation = Self {
            method,
            path: path.to_owned(),
            tag: "",
            summary,
            about: "",
            security: vec![json!({}), json!({})],
            parameters: Vec::new(),
            body: None,
            answers: Map::new(),
        };
        let names: Vec<&str> = path.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
        let operation = names.iter().fold(operation, |operation, name| operation.path_parameter(name));
        let operation = if names.is_empty() { operation } else { operation.fails(&[404]) };
        operation.fails(&ALWAYS)
    }

    pub fn get(path: &str, summary: &'static str) -> Self {
        Self::new(Method::GET, path, summary)
    }

    pub fn post(path: &str, summary: &'static str) -> Self {
        Self::new(Method::POST, path, summary)
    }

    pub fn put(path: &str, summary: &'static str) -> Self {
        Self::new(Method::PUT, path, summary)
    }

    pub fn patch(path: &str, summary: &'static str) -> Self {
        Self::new(Method::PATCH, path, summary)
    }

    pub fn delete(path: &str, summary: &'static str) -> Self {
        Self::new(Method::DELETE, path, summary)
    }

    /// Says more than the summary does.
    #[must_use]
    pub fn about(self, about: &'static str) -> Self {
        Self { about, ..self }
    }

    /// A key with one of these scopes opens it, and the session of somebody who may.
    #[must_use]
    pub fn scope(self, scopes: &[&str]) -> Self {
        let mut security: Vec<Value> = scopes.iter().map(|scope| json!({ "key": [scope] })).collect();
        security.push(json!({ "session": [] }));
        Self { security, ..self.fails(&[401, 403]) }
    }

    /// Only a session opens it, and no key.
    #[must_use]
    pub fn session(self) -> Self {
        Self { security: vec![json!({ "session": [] })], ..self.fails(&[401, 403]) }
    }

    /// Who has a shared link may ask, too.
    #[must_use]
    pub fn shared(mut self) -> Self {
        self.security.push(json!({ "link": [] }));
        self.fails(&[404, 410])
    }

    /// Only who has a shared link may ask.
    #[must_use]
    pub fn link(self) -> Self {
        Self { security: vec![json!({ "link": [] })], ..self.fails(&[401, 404, 410]) }
    }

    /// Anybody may ask.
    #[must_use]
    pub fn open(self) -> Self {
        Self { security: Vec::new(), ..self }
    }

    /// A parameter of the query string that may be left out.
    #[must_use]
    pub fn query(self, name: &str, about: &str, schema: Value) -> Self {
        self.parameter(json!({ "name": name, "in": "query", "description": about, "schema": schema }))
    }

    /// The same, as it stands in examples.
    #[must_use]
    pub fn query_like(self, name: &str, about: &str, schema: Value, example: &Value) -> Self {
        let parameter =
            json!({ "name": name, "in": "query", "description": about, "schema": schema, "example": example });
        self.parameter(parameter)
    }

    /// A parameter of the query string that must be there.
    #[must_use]
    pub fn needs(self, name: &str, about: &str, schema: Value, example: &Value) -> Self {
        self.parameter(json!({
            "name": name, "in": "query", "required": true, "description": about, "schema": schema, "example": example,
        }))
    }

    /// A body of JSON.
    #[must_use]
    pub fn body(self, schema: Value, example: &Value) -> Self {
        self.body_of(&["application/json"], schema, Some(example))
    }

    /// A body of one of these types.
    #[must_use]
    pub fn body_of(self, types: &[&str], schema: Value, example: Option<&Value>) -> Self {
        let mut media = json!({ "schema": schema });
        if let Some(example) = example {
            media["example"] = example.clone();
        }
        let content: Map<String, Value> = types.iter().map(|kind| ((*kind).to_owned(), media.clone())).collect();
        let body = json!({ "required": true, "content": content });
        Self { body: Some(body), ..self }.fails(&[400, 408, 413, 415])
    }

    /// An answer of JSON.
    #[must_use]
    pub fn answer(self, status: u16, about: &str, schema: Value, example: &Value) -> Self {
        let content = json!({ "application/json": { "schema": schema, "example": example } });
        self.put_answer(status, json!({ "description": about, "content": content }))
    }

    /// An answer of other types.
    #[must_use]
    pub fn file(self, status: u16, about: &str, types: &[&str]) -> Self {
        let media = |kind: &&str| ((*kind).to_owned(), json!({ "schema": { "type": "string" } }));
        let content: Map<String, Value> = types.iter().map(media).collect();
        self.put_answer(status, json!({ "description": about, "content": content }))
    }

    /// Another type that an answer which is described may have.
    #[must_use]
    pub fn or_file(mut self, status: u16, kind: &str) -> Self {
        if let Some(answer) = self.answers.get_mut(&status.to_string()) {
            answer["content"][kind] = json!({ "schema": { "type": "string" } });
        }
        self
    }

    /// An answer without a body.
    #[must_use]
    pub fn empty(self, status: u16, about: &str) -> Self {
        self.put_answer(status, json!({ "description": about }))
    }

    /// Answers that are problem documents.
    #[must_use]
    pub fn fails(mut self, statuses: &[u16]) -> Self {
        for status in statuses {
            let content = json!({ "application/problem+json": { "schema": reference(PROBLEM) } });
            let mut answer = json!({ "description": reason(*status), "content": content });
            if matches!(status, 429 | 503) {
                let about = "Seconds after which to come back.";
                answer["headers"] = json!({ "Retry-After": { "description": about, "schema": { "type": "integer" } } });
            }
            self.answers.insert(status.to_string(), answer);
        }
        self
    }

    /// Returns the description as it stands in the document.
    pub(super) fn to_json(&self) -> Value {
        let mut json = json!({
            "operationId": self.id(),
            "summary": self.summary,
            "tags": [self.tag],
            "security": self.security,
            "responses": self.answers,
        });
        if !self.about.is_empty() {
            json["description"] = self.about.into();
        }
        if !self.parameters.is_empty() {
            json["parameters"] = self.parameters.clone().into();
        }
        if let Some(body) = &self.body {
            json["requestBody"] = body.clone();
        }
        json
    }

    /// Returns a name for programs: `get_sites_by_site_goals`.
    fn id(&self) -> String {
        let parts = self.path.split(['/', '.', '-']).filter(|part| !part.is_empty() && !matches!(*part, "api" | "v1"));
        let words = parts.map(|part| match part.strip_prefix('{') {
            Some(name) => format!("by_{}", name.trim_end_matches('}')),
            None => part.to_owned(),
        });
        let words: Vec<String> = words.collect();
        format!("{}_{}", self.method.as_str().to_lowercase(), words.join("_"))
    }

    fn path_parameter(self, name: &str) -> Self {
        let (about, example) = match name {
            "site" => ("The site's name.", json!("demo.example")),
            "id" | "goal_id" => ("The number of it.", json!(1)),
            "prop" | "property" => ("The property's name.", json!("plan")),
            "session" => ("What it is called in the list.", json!("kYDaQ4w0Zx1bN7fT")),
            "script" => ("The file's name.", json!("heatline.js")),
            _ => ("The rest of the path.", json!("")),
        };
        let schema = json!({ "type": if example.is_number() { "integer" } else { "string" } });
        self.parameter(json!({
            "name": name, "in": "path", "required": true, "description": about, "schema": schema, "example": example,
        }))
    }

    /// Says what a parameter of the path may be.
    #[must_use]
    pub fn path_is(mut self, name: &str, schema: Value, example: &Value) -> Self {
        for parameter in self.parameters.iter_mut().filter(|parameter| parameter["name"] == name) {
            parameter["schema"] = schema.clone();
        }
        self.example(name, example)
    }

    /// Replaces the example of a parameter.
    #[must_use]
    pub fn example(mut self, name: &str, example: &Value) -> Self {
        for parameter in self.parameters.iter_mut().filter(|parameter| parameter["name"] == name) {
            parameter["example"] = example.clone();
        }
        self
    }

    fn parameter(mut self, parameter: Value) -> Self {
        let is_query = parameter["in"] == "query";
        self.parameters.push(parameter);
        if is_query { self.fails(&[400]) } else { self }
    }

    fn put_answer(mut self, status: u16, answer: Value) -> Self {
        self.answers.insert(status.to_string(), answer);
        self
    }
}

const fn reason(status: u16) -> &'static str {
    match status {
        400 => "The request is wrong; `errors` says where.",
        401 => "Nobody is signed in, and there is no key.",
        403 => "The key lacks a scope, or the caller may not do this.",
        404 => "There is no such thing, or the caller may not see it.",
        408 => "The body did not arrive in time.",
        409 => "It does not go with what is there.",
        410 => "The link has ended.",
        413 => "The body is too large.",
        415 => "The body is of another type than is read here.",
        422 => "The question takes more time or memory than it may.",
        429 => "Too many requests; come back later.",
        500 => "Something went wrong on our side.",
        503 => "This cannot be done now; come back later.",
        _ => "It failed.",
    }
}
