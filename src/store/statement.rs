//! Owns a composed query: SQL text with server-side parameters. It does not run it.

/// SQL with `{name:Type}` placeholders and the values for them. Values never become part of the text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Statement {
    pub sql: String,
    pub params: Vec<(String, Param)>,
}

/// A value of a server-side parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Param {
    U64(u64),
    I64(i64),
    F64(f64),
    Text(String),
    TextList(Vec<String>),
    I64List(Vec<i64>),
    U64List(Vec<u64>),
    F64List(Vec<f64>),
}

impl Statement {
    /// Starts a statement from its text.
    pub fn new(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), params: Vec::new() }
    }

    /// Adds the value for `{name:…}`.
    #[must_use]
    pub fn bind(mut self, name: &str, value: impl Into<Param>) -> Self {
        self.params.push((name.to_owned(), value.into()));
        self
    }
}

macro_rules! param_from {
    ($($from:ty => $variant:ident),+ $(,)?) => {
        $(impl From<$from> for Param {
            fn from(value: $from) -> Self {
                Self::$variant(value.into())
            }
        })+
    };
}

param_from!(
    u64 => U64,
    u32 => U64,
    u16 => U64,
    i64 => I64,
    i32 => I64,
    f64 => F64,
    &str => Text,
    String => Text,
    Vec<String> => TextList,
    Vec<i64> => I64List,
    Vec<u64> => U64List,
    Vec<f64> => F64List,
);
