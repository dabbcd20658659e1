package import JSON

/// A JSON Schema of the dialect 2020-12, compiled once and used for many values.
///
/// The core, applicator, unevaluated and validation vocabularies are followed in full. `format` is
/// an annotation except for the formats asked for. References reach the schema itself and the
/// documents given beside it; nothing is ever fetched. Compilation and validation are bounded by
/// ``SchemaLimits``: a value that costs more than that is refused with a problem that says so.
package struct JSONSchema: Sendable {
    let program: SchemaProgram

    /// Compiles `schema`.
    ///
    /// - Parameters:
    ///   - schema: an object or a Boolean.
    ///   - formats: the formats that are checked; others are annotations.
    ///   - documents: further schemas that references may reach, by their absolute URI.
    /// - Throws: ``SchemaError`` naming the place in the schema that cannot be used.
    package init(
        _ schema: JSONValue, checking formats: Set<SchemaFormat> = [],
        with documents: [String: JSONValue] = [:]
    ) throws(SchemaError) {
        var compiler = try SchemaCompiler(schema, formats: formats, documents: documents)
        program = try compiler.compile()
    }

    /// Whether `value` conforms.
    package func accepts(_ value: JSONValue) -> Bool {
        var evaluator = SchemaEvaluator(program)
        return evaluator.accepts(value)
    }

    /// What is wrong with `value`: empty when it conforms.
    ///
    /// - Parameter limit: how many problems are told at most; at least one is told for a value
    ///   that does not conform.
    package func problems(in value: JSONValue, limit: Int = 20) -> [SchemaProblem] {
        // Most values conform, and that is found out faster without collecting anything.
        if accepts(value) { return [] }
        var evaluator = SchemaEvaluator(program, collecting: max(1, limit))
        return evaluator.problems(in: value)
    }
}
