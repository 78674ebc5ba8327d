//! Enums whose values are words in JSON, in queries and in text columns. One macro declares them, so that the word
//! of a value is written once and is the same everywhere.

/// Declares an enum with a word per value, and its conversions from and to text, JSON and SQL. Its comments are its
/// description in the OpenAPI document too, under its own name or under the one that follows `as`.
#[macro_export]
macro_rules! text_enum {
    ($(#[doc = $doc:literal])* pub enum $name:ident { $($body:tt)+ }) => {
        $crate::text_enum! { $(#[doc = $doc])* pub enum $name as (stringify!($name)) { $($body)+ } }
    };
    ($(#[doc = $doc:literal])* pub enum $name:ident as $schema:literal { $($body:tt)+ }) => {
        $crate::text_enum! { $(#[doc = $doc])* pub enum $name as ($schema) { $($body)+ } }
    };
    ($(#[doc = $doc:literal])* pub enum $name:ident as ($schema:expr) {
        $($(#[doc = $vdoc:literal])* $variant:ident = $word:literal),+ $(,)?
    }) => {
        $(#[doc = $doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        pub enum $name {
            $($(#[doc = $vdoc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word that stands for the value in JSON, in queries and in the database.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The words of all values, for messages: `open, assigned, …`.
            #[must_use]
            pub fn words() -> String {
                Self::ALL.iter().map(|value| value.as_str()).collect::<Vec<_>>().join(", ")
            }
        }

        impl $crate::field_error::Variants for $name {
            const NAME: &'static str = $schema;
            const ABOUT: &'static str = concat!($($doc),*);

            fn meanings() -> &'static [(&'static str, &'static str)] {
                &[$(($word, concat!($($vdoc),*))),+]
            }
        }

        $crate::stored_as_text!($name);

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                <Self as $crate::field_error::Variants>::NAME.into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::reader::shape::schema($crate::field_error::WordList::of::<Self>().schema())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::field_error::UnknownWord;
            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::field_error::UnknownWord { allowed: Self::words() }),
                }
            }
        }
    };
}

/// A text enum in a `text` column: its word.
#[cfg(feature = "sqlx")]
#[doc(hidden)]
#[macro_export]
macro_rules! stored_as_text {
    ($name:ident) => {
        const _: () = {
            use $crate::sqlx::{
                Decode, Encode, Postgres, Type,
                encode::IsNull,
                error::BoxDynError,
                postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueRef},
            };

            impl Type<Postgres> for $name {
                fn type_info() -> PgTypeInfo {
                    <str as Type<Postgres>>::type_info()
                }

                fn compatible(ty: &PgTypeInfo) -> bool {
                    <str as Type<Postgres>>::compatible(ty)
                }
            }

            impl PgHasArrayType for $name {
                fn array_type_info() -> PgTypeInfo {
                    <String as PgHasArrayType>::array_type_info()
                }
            }

            impl Encode<'_, Postgres> for $name {
                fn encode_by_ref(
                    &self,
                    buffer: &mut PgArgumentBuffer,
                ) -> Result<IsNull, BoxDynError> {
                    <&str as Encode<'_, Postgres>>::encode_by_ref(&self.as_str(), buffer)
                }
            }

            impl<'r> Decode<'r, Postgres> for $name {
                fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
                    Ok(<&str as Decode<'r, Postgres>>::decode(value)?.parse()?)
                }
            }
        };
    };
}

/// Without the feature `sqlx` no type is stored.
#[cfg(not(feature = "sqlx"))]
#[doc(hidden)]
#[macro_export]
macro_rules! stored_as_text {
    ($name:ident) => {};
}
