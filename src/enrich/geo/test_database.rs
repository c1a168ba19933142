//! Builds small database files for tests, by the MaxMind DB format 2.0.

use ipnet::{IpNet, Ipv6Net};

/// A value of the data section.
#[derive(Clone)]
pub enum Value {
    Text(&'static str),
    Double(f64),
    Float(f32),
    Short(u16),
    Number(u32),
    Long(u64),
    Map(Vec<(&'static str, Value)>),
    List(Vec<Value>),
}

impl Value {
    pub fn text(text: &'static str) -> Self {
        Self::Text(text)
    }

    pub fn map<const N: usize>(fields: [(&'static str, Value); N]) -> Self {
        Self::Map(fields.into())
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Text(text) => {
                control(out, 2, text.len());
                out.extend(text.as_bytes());
            }
            Self::Double(number) => {
                control(out, 3, 8);
                out.extend(number.to_be_bytes());
            }
            Self::Short(number) => {
                control(out, 5, 2);
                out.extend(number.to_be_bytes());
            }
            Self::Number(number) => {
                control(out, 6, 4);
                out.extend(number.to_be_bytes());
            }
            Self::Long(number) => {
                control(out, 9, 8);
                out.extend(number.to_be_bytes());
            }
            Self::Map(fields) => {
                control(out, 7, fields.len());
                for (key, value) in fields {
                    Self::Text(key).write(out);
                    value.write(out);
                }
            }
            Self::List(values) => {
                control(out, 11, values.len());
                for value in values {
                    value.write(out);
                }
            }
            Self::Float(number) => {
                control(out, 15, 4);
                out.extend(number.to_be_bytes());
            }
        }
    }
}

/// Writes the byte that says type and size; types above 7 take a second byte.
fn control(out: &mut Vec<u8>, kind: u8, size: usize) {
    let size = u8::try_from(size).ok().filter(|size| *size < 29).expect("test values are short");
    if kind > 7 {
        out.extend([size, kind - 7]);
    } else {
        out.push(kind << 5 | size);
    }
}

const EMPTY: u32 = u32::MAX;
const DATA: u32 = 1 << 31;

/// Returns the bytes of an IPv6 database with these networks.
pub fn database(networks: &[(&str, Value)]) -> Vec<u8> {
    let mut nodes = vec![[EMPTY; 2]];
    let mut data = Vec::new();
    for (network, value) in networks {
        let offset = u32::try_from(data.len()).unwrap();
        value.write(&mut data);
        insert(&mut nodes, network.parse().unwrap(), DATA | offset);
    }
    let node_count = u32::try_from(nodes.len()).unwrap();
    let mut out = Vec::new();
    for record in nodes.as_flattened() {
        let pointer = match *record {
            EMPTY => node_count,
            record if record & DATA != 0 => node_count + 16 + (record & !DATA),
            record => record,
        };
        out.extend(&pointer.to_be_bytes()[1..]);
    }
    out.extend([0; 16]);
    out.extend(data);
    out.extend(b"\xab\xcd\xefMaxMind.com");
    Value::map([
        ("binary_format_major_version", Value::Short(2)),
        ("binary_format_minor_version", Value::Short(0)),
        ("build_epoch", Value::Long(1_700_000_000)),
        ("database_type", Value::text("test")),
        ("description", Value::map([("en", Value::text("test"))])),
        ("ip_version", Value::Short(6)),
        ("languages", Value::List(vec![Value::text("en")])),
        ("node_count", Value::Number(node_count)),
        ("record_size", Value::Short(24)),
    ])
    .write(&mut out);
    out
}

/// Puts a record into the tree; IPv4 networks stand below `::/96`.
fn insert(nodes: &mut Vec<[u32; 2]>, network: IpNet, record: u32) {
    let (bits, length) = match network {
        IpNet::V4(v4) => (u128::from(v4.network().to_bits()), 96 + v4.prefix_len()),
        IpNet::V6(v6) => (v6.network().to_bits(), v6.prefix_len()),
    };
    if length == 0 {
        nodes[0] = [record; 2];
        return;
    }
    let mut node = 0;
    for depth in 0..length {
        let bit = usize::from(bits >> (127 - depth) & 1 == 1);
        if depth + 1 == length {
            nodes[node][bit] = record;
        } else {
            if nodes[node][bit] == EMPTY {
                nodes[node][bit] = u32::try_from(nodes.len()).unwrap();
                nodes.push([EMPTY; 2]);
            }
            node = usize::try_from(nodes[node][bit]).unwrap();
        }
    }
}

#[test]
fn networks_are_written_where_they_belong() {
    let mut nodes = vec![[EMPTY; 2]];
    insert(&mut nodes, Ipv6Net::new_assert(std::net::Ipv6Addr::UNSPECIFIED, 2).into(), DATA);
    assert_eq!(nodes, [[1, EMPTY], [DATA, EMPTY]]);
}
