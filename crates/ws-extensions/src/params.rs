//! One element of a `Sec-WebSocket-Extensions` list: RFC 6455 §9.1.

mod elements;
mod scanner;
#[cfg(test)]
mod tests;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write};

pub use elements::Elements;
use scanner::is_tchar;

/// An extension's name and its parameters: an offer, or what is granted of it.
///
/// Parameters keep their order, and stay repeated if they are. A value is text, which was quoted
/// or not; what it means is for the extension to say. Names are told apart by case.
///
/// What there is can always be printed as an element of the header, which reads as the same again.
/// So whatever cannot stand in a name becomes `_`, and so does a control character in a value.
///
/// ```
/// use ws_extensions::Params;
///
/// let params = Params::new("x-reverse").with_flag("words").with_value("by", "3, or 4");
/// assert_eq!(params.to_string(), r#"x-reverse; words; by="3, or 4""#);
///
/// let params = Params::parse("x-reverse; by=3").next().unwrap()?;
/// assert_eq!(params.name(), "x-reverse");
/// assert!(params.iter().eq([("by", Some("3"))]));
/// # Ok::<(), ws_extensions::SyntaxError>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Params<'a> {
    name: Cow<'a, str>,
    list: Vec<(Cow<'a, str>, Option<Cow<'a, str>>)>,
    is_cut: bool,
}

/// A header that is not a list of extensions, and where that shows first.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct SyntaxError {
    offset: usize,
}

impl<'a> Params<'a> {
    /// How many parameters of one element are kept. Those beyond it are read, too, but only to see
    /// where the element ends; then it [is cut](Self::is_cut).
    pub const LIMIT: usize = 16;

    /// An element without parameters.
    pub fn new(name: impl Into<Cow<'a, str>>) -> Self {
        Self {
            name: token(name.into()),
            list: Vec::new(),
            is_cut: false,
        }
    }

    /// Adds a parameter without value at the end.
    pub fn with_flag(mut self, name: impl Into<Cow<'a, str>>) -> Self {
        self.list.push((token(name.into()), None));
        self
    }

    /// Adds a parameter with this value at the end.
    pub fn with_value(
        mut self,
        name: impl Into<Cow<'a, str>>,
        value: impl Into<Cow<'a, str>>,
    ) -> Self {
        self.list
            .push((token(name.into()), Some(text(value.into()))));
        self
    }

    /// Reads the whole value of the header, one element after the other.
    ///
    /// Where a message has several such fields, it is their values with `, ` between them
    /// (RFC 6455 §9.1). See [`Elements`] for what is accepted.
    pub const fn parse(header: &'a str) -> Elements<'a> {
        Elements::new(header)
    }

    /// Copies what is borrowed.
    pub fn into_owned(self) -> Params<'static> {
        let owned = |text: Cow<'a, str>| Cow::Owned(text.into_owned());
        let list = self.list.into_iter();
        Params {
            name: owned(self.name),
            list: list
                .map(|(name, value)| (owned(name), value.map(owned)))
                .collect(),
            is_cut: self.is_cut,
        }
    }

    /// The extension's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The parameters in order: their names, and their values if they have one.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, Option<&str>)> {
        self.list
            .iter()
            .map(|(name, value)| (&**name, value.as_deref()))
    }

    /// Whether it had more than [`LIMIT`](Self::LIMIT) parameters when it was read.
    ///
    /// A [`Negotiator`](crate::Negotiator) refuses such an element by itself.
    pub const fn is_cut(&self) -> bool {
        self.is_cut
    }
}

impl SyntaxError {
    /// Where the first byte stands that cannot be there; the length of the header if that ends too
    /// soon.
    pub const fn offset(&self) -> usize {
        self.offset
    }
}

/// Prints the element as it stands in the header.
impl fmt::Display for Params<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for (name, value) in self.iter() {
            write!(f, "; {name}")?;
            match value {
                Some(value) if is_token(value) => write!(f, "={value}")?,
                Some(value) => write_quoted(value, f)?,
                None => {}
            }
        }
        Ok(())
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no list of extensions at byte {}", self.offset)
    }
}

impl core::error::Error for SyntaxError {}

// RFC 9110 §5.6.4: `quoted-string`
fn write_quoted(value: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("=\"")?;
    for character in value.chars() {
        if matches!(character, '"' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(character)?;
    }
    f.write_char('"')
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_tchar)
}

/// `name`, or what is most like it and can be a name.
fn token(name: Cow<'_, str>) -> Cow<'_, str> {
    if is_token(&name) {
        return name;
    }
    if name.is_empty() {
        return Cow::Borrowed("_");
    }
    let allowed = |character: char| u8::try_from(character).is_ok_and(is_tchar);
    Cow::Owned(replace(&name, allowed))
}

/// `value`, or what is most like it and can stand between quotes.
fn text(value: Cow<'_, str>) -> Cow<'_, str> {
    let allowed = |character: char| character == '\t' || !character.is_ascii_control();
    if value.chars().all(allowed) {
        return value;
    }
    Cow::Owned(replace(&value, allowed))
}

fn replace(text: &str, allowed: impl Fn(char) -> bool) -> String {
    let character = |character| if allowed(character) { character } else { '_' };
    text.chars().map(character).collect()
}
