//! `#[derive(Params)]`: the parameters of an operation as a struct. A field defines the name of a parameter on the wire,
//! how it is read, and its description in the `OpenAPI` document.
//!
//! ```ignore
//! #[derive(Params)]
//! pub(crate) struct SuggestMentionsParams {
//!     /// The conversation.
//!     #[param(path)]
//!     token: Token,
//!     /// A part of a name or an id.
//!     search: String,
//!     /// How many suggestions are returned at most.
//!     #[param(default = 20, min = 1, max = 200)]
//!     limit: i64,
//! }
//! ```
//!
//! | attribute | meaning |
//! |---|---|
//! | `path` | the value is a segment of the path, named as the field |
//! | `name = "newParticipant"` | the name on the wire; without it the field's name in camel case |
//! | `default`, `default = EXPR` | the value if the parameter is absent; without one the parameter is required, unless its type is `Option<T>` or `Vec<T>` |
//! | `min = EXPR`, `max = EXPR` | the bounds of a number; outside of them the request is refused with 400 |

use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Error, Expr, ExprLit, Field, Fields, Lit, Meta, parse_macro_input};

/// Implements `crate::api::params::Params` for a struct with named fields.
#[proc_macro_derive(Params, attributes(param))]
pub fn derive_params(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(Error::into_compile_error).into()
}

/// The attributes of a field.
#[derive(Default)]
struct Attributes {
    is_in_path: bool,
    name: Option<String>,
    default: Option<Tokens>,
    /// The default, if it is a literal.
    default_literal: Option<Lit>,
    min: Option<Expr>,
    max: Option<Expr>,
}

impl Attributes {
    fn parse(field: &Field) -> Result<Self, Error> {
        let mut parsed = Self::default();
        for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("param")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("path") {
                    parsed.is_in_path = true;
                } else if meta.path.is_ident("name") {
                    parsed.name = Some(meta.value()?.parse::<syn::LitStr>()?.value());
                } else if meta.path.is_ident("default") {
                    parsed.default = Some(if let Ok(value) = meta.value() {
                        let value: Expr = value.parse()?;
                        if let Expr::Lit(ExprLit { lit, .. }) = &value {
                            parsed.default_literal = Some(lit.clone());
                        }
                        quote!(#value)
                    } else {
                        quote!(::core::default::Default::default())
                    });
                } else if meta.path.is_ident("min") {
                    parsed.min = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("max") {
                    parsed.max = Some(meta.value()?.parse()?);
                } else {
                    return Err(meta.error("expected path, name, default, min or max"));
                }
                Ok(())
            })?;
        }
        Ok(parsed)
    }
}

fn expand(input: &DeriveInput) -> Result<Tokens, Error> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new(input.span(), "Params is derived for structs"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new(input.span(), "Params needs named fields"));
    };
    let (mut described, mut from_path, mut from_request) = (Vec::new(), Vec::new(), Vec::new());
    let mut names = Vec::new();
    for field in &fields.named {
        let Some(ident) = &field.ident else { continue };
        let attributes = Attributes::parse(field)?;
        let name = attributes.name.clone().unwrap_or_else(|| camel_case(&ident.to_string()));
        let docs = docs(field);
        if docs.is_empty() {
            return Err(Error::new(field.span(), "a parameter is documented"));
        }
        let kind = &field.ty;
        names.push(ident);
        if attributes.is_in_path {
            from_path.push(quote_spanned! { field.span() =>
                let #ident = <#kind as crate::api::params::PathParam>::read(__source.segment(#name))?;
            });
            described.push(quote! {
                crate::api::params::Field::in_path::<#kind>(#name, #docs)
            });
            continue;
        }
        let (read, is_required) = if let Some(default) = &attributes.default {
            let read = quote! {
                <::core::option::Option<#kind> as crate::api::params::Param>::read(__source.parameters(), #name)?
                    .unwrap_or_else(|| #default)
            };
            (read, quote!(false))
        } else {
            let read = quote!(<#kind as crate::api::params::Param>::read(__source.parameters(), #name)?);
            (read, quote!(<#kind as crate::api::params::Param>::IS_REQUIRED))
        };
        let bound = |bound: &Option<Expr>| {
            if let Some(value) = bound {
                quote!(::core::option::Option::Some(#value))
            } else {
                quote!(::core::option::Option::None)
            }
        };
        let (min, max) = (bound(&attributes.min), bound(&attributes.max));
        let check = (attributes.min.is_some() || attributes.max.is_some())
            .then(|| quote!(crate::api::params::check_bounds(#name, #ident, #min, #max)?;));
        let or_default =
            attributes.default_literal.map(|default| quote!(.or(::serde_json::Value::from(#default))));
        from_request.push(quote_spanned! { field.span() => let #ident: #kind = #read; #check });
        described.push(quote! {
            crate::api::params::Field::in_request(
                #name, #docs, #is_required, <#kind as crate::api::params::Param>::schema,
            ).within(#min, #max)#or_default
        });
    }
    let ident = &input.ident;
    // Query and body are read before the path: a parameter that cannot be read is 400 even if the path names nothing,
    // see the order of refusals in `crate::api`.
    Ok(quote! {
        impl crate::api::params::Params for #ident {
            fn read(__source: &crate::api::params::Source) -> ::core::result::Result<Self, ::plauder_ocs::Failure> {
                let _ = __source;
                #(#from_request)*
                #(#from_path)*
                ::core::result::Result::Ok(Self { #(#names),* })
            }

            fn fields() -> ::std::vec::Vec<crate::api::params::Field> {
                ::std::vec![#(#described),*]
            }
        }
    })
}

/// The documentation of a field in one line.
fn docs(field: &Field) -> String {
    let lines = field.attrs.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join(" ")
}

/// `room_name` becomes `roomName`.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut text = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        text.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        text.extend(letters);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_on_the_wire_are_in_camel_case() {
        assert_eq!(
            ["token", "room_name", "last_known_message_id"].map(camel_case),
            ["token", "roomName", "lastKnownMessageId"]
        );
    }

    #[test]
    fn a_parameter_without_documentation_is_refused() {
        let refused = |text: &str| {
            let input: DeriveInput = syn::parse_str(text).unwrap();
            expand(&input).map(|_| ()).map_err(|error| error.to_string())
        };
        assert_eq!(refused("struct P { name: String }"), Err("a parameter is documented".into()));
        assert_eq!(refused("struct P { /** The name. */ name: String }"), Ok(()));
        assert!(refused("struct P { #[doc = \"x\"] #[param(maximum = 3)] name: i64 }").is_err());
        assert!(refused("enum P { A }").is_err());
        assert!(refused("struct P(i64);").is_err());
    }
}
