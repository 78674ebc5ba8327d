//! A validator of values by the schemas of the document.

use serde_json::Value;

/// A validator of JSON Schema for the places of the document, formats included.
pub struct Validator {
    schemas: boon::Schemas,
    compiler: boon::Compiler,
}

impl Validator {
    const PLACE: &str = "https://example.com/openapi.json";

    pub fn of(document: &Value) -> Self {
        let mut compiler = boon::Compiler::new();
        compiler.enable_format_assertions();
        compiler.set_default_draft(boon::Draft::V2020_12);
        compiler
            .add_resource(Self::PLACE, document.clone())
            .unwrap();
        Self {
            schemas: boon::Schemas::new(),
            compiler,
        }
    }

    /// What is wrong with a value by the schema at that place.
    pub fn field_error(&mut self, pointer: &str, value: &Value) -> Option<String> {
        let place = format!("{}#{pointer}", Self::PLACE);
        let schema = self.compiler.compile(&place, &mut self.schemas).unwrap();
        let field_error = self.schemas.validate(value, schema).err()?;
        Some(format!("{pointer}: {field_error:#}\n{value:#}"))
    }
}
