/// What bounds the work that a schema or a value can cause.
package enum SchemaLimits {
    /// The deepest nesting of subschemas in one document.
    package static let schemaDepthMax = 128
    /// Subschemas in a schema and the documents given with it.
    package static let subschemasMax = 10_000
    /// The deepest nesting of evaluation: each step into a value and each applied subschema or
    /// reference counts.
    package static let depthMax = 512
    /// Steps of one validation.
    ///
    /// One step is a subschema applied to one value, or work about as
    /// long: some bytes of text compared, some states of a pattern followed.
    package static let stepsMax = 1_000_000
    /// Unicode scalars in a `pattern`.
    package static let patternLengthMax = 2_000
    /// Instructions that a `pattern` may compile to; counted repetitions are written out.
    package static let patternSizeMax = 10_000
    /// Instructions of all the patterns in one schema.
    package static let patternsSizeMax = 200_000
    /// Bytes of the JSON pointer of a subschema.
    package static let pointerBytesMax = 16_384
    /// The largest number in a counted repetition.
    package static let patternRepeatMax = 2_000
    /// The deepest nesting of groups in a `pattern`.
    package static let patternDepthMax = 32
    /// Significant digits of `multipleOf`.
    package static let divisorDigitsMax = 18
    /// Characters of a value that a message repeats.
    package static let excerptMax = 60
    /// Characters of a path, of a property's name or of a pattern that a message repeats.
    package static let nameMax = 100
    /// Allowed values, or names of properties, that a message lists.
    package static let listMax = 20
}
