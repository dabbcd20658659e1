/// Why a schema cannot be used.
package struct SchemaError: Error, Hashable, CustomStringConvertible {
    /// The kind of fault.
    package enum Code: Sendable, Hashable {
        /// A keyword has a value that the dialect does not allow.
        case malformed
        /// `$schema` names another dialect than 2020-12.
        case unsupportedDialect
        /// A reference leads to nothing in the documents at hand.
        case unresolvedReference
        /// References lead in a circle without a step into the value.
        case endlessReference
        /// A pattern is no regular expression of ECMA-262, or has syntax that is not supported.
        case unsupportedPattern
        /// The schema exceeds a limit of ``SchemaLimits``.
        case tooLarge
    }

    package let code: Code
    /// The JSON pointer of the place in the schema, "" for the root.
    package let pointer: String
    /// What is wrong there, a clause without a full stop.
    package let message: String

    package var description: String {
        "the JSON Schema cannot be used: \(pointer.isEmpty ? "its root" : pointer): \(message)"
    }
}
