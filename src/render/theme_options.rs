//! The options of a theme: what a site sets goes over the theme's defaults, key by key, each of its type.

use toml::{Table, Value};

use crate::diagnostics::{Code, Diagnostic, did_you_mean};

/// A theme's options, those that the site sets in place of their defaults.
pub(super) fn options_of(mut defaults: Table, set: &Table) -> Result<Table, Diagnostic> {
    lay_over(&mut defaults, set, "")?;
    Ok(defaults)
}

/// `above` is what a table's options are called by, with a dot at its end.
fn lay_over(defaults: &mut Table, set: &Table, above: &str) -> Result<(), Diagnostic> {
    for (name, value) in set {
        let whole = format!("{above}{name}");
        match (defaults.get_mut(name), value) {
            // A table without a default may hold anything.
            (Some(Value::Table(inner)), Value::Table(set)) if !inner.is_empty() => {
                lay_over(inner, set, &format!("{whole}."))?;
            }
            (Some(default), value) if is_like(default, value) => *default = value.clone(),
            (Some(default), value) => {
                let message = format!("theme_options: `{whole}` is {}, not {}", kind_of(default), kind_of(value));
                return Err(fault(message).hint(format!("its default is {default}")));
            }
            (None, _) => {
                let known: Vec<&str> = defaults.keys().map(String::as_str).collect();
                let all = || match known.as_slice() {
                    [] => "there are none".to_owned(),
                    known => format!("there are {}", known.join(", ")),
                };
                let hint = did_you_mean(name, known.iter().copied()).unwrap_or_else(all);
                return Err(fault(format!("theme_options: the theme has no option `{whole}`")).hint(hint));
            }
        }
    }
    Ok(())
}

/// Whether a value is of the type of a default, and, where that is a list of something, of the same.
fn is_like(default: &Value, value: &Value) -> bool {
    match (default, value) {
        (Value::Array(defaults), Value::Array(values)) => {
            defaults.first().is_none_or(|default| values.iter().all(|value| is_like(default, value)))
        }
        _ => default.same_type(value),
    }
}

fn kind_of(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            items.first().map_or_else(|| "a list".to_owned(), |first| format!("a list, each of it {}", kind_of(first)))
        }
        Value::Integer(_) => "an integer".to_owned(),
        other => format!("a {}", other.type_str()),
    }
}

fn fault(message: String) -> Diagnostic {
    Diagnostic::error(Code::Config, message).in_file(crate::config::FILE_NAME)
}
