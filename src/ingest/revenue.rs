//! Owns the money of an event as senders write it: `{"currency": "EUR", "amount": 13.5}`, the amount as a number or as text.
//!
//! A browser cannot mend what it sent, so an event whose money cannot be read is kept without it, as Plausible does.

use serde_json::Value;

use crate::model::Revenue;

/// Returns the money, if it is told and can be read.
pub fn read(value: &Value) -> Option<Revenue> {
    let currency = value.get("currency")?.as_str()?;
    match value.get("amount")? {
        Value::String(text) => Revenue::parse(currency, text.trim()),
        // Written out without an exponent, which a number of JSON may have.
        Value::Number(number) if number.is_f64() => Revenue::parse(currency, &number.as_f64()?.to_string()),
        Value::Number(number) => Revenue::parse(currency, &number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn money_is_read_from_numbers_and_texts_and_left_out_where_it_is_wrong() {
        let cases = [
            (json!({"currency": "USD", "amount": 13.5}), Some(13_500)),
            (json!({"currency": "usd", "amount": " 13.50 "}), Some(13_500)),
            (json!({"currency": "USD", "amount": 7}), Some(7000)),
            (json!({"currency": "USD", "amount": -2.125, "more": 1}), Some(-2125)),
            (json!({"currency": "USD", "amount": 1e3}), Some(1_000_000)),
            (json!({"currency": "USD", "amount": 1e30}), None),
            (json!({"currency": "USD", "amount": "a lot"}), None),
            (json!({"currency": "USD", "amount": null}), None),
            (json!({"currency": "Dollar", "amount": 1}), None),
            (json!({"currency": 5, "amount": 1}), None),
            (json!({"amount": 1}), None),
            (json!("13.50 USD"), None),
            (json!([]), None),
        ];
        for (value, expected) in cases {
            assert_eq!(read(&value).map(|revenue| revenue.thousandths), expected, "{value}");
        }
    }
}
