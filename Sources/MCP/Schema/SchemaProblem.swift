package import JSON

/// One way in which a value does not conform to a schema.
package struct SchemaProblem: Sendable, Hashable, CustomStringConvertible {
    /// The JSON pointer (RFC 6901) of the offending value, "" for the root.
    package let path: String
    /// The keyword that is not satisfied; "" when the schema allows no value at all, or when a
    /// limit ended the validation.
    package let keyword: String
    /// What the value does not fulfil, as a phrase to follow its name: `must be an integer`.
    package let expectation: String
    /// The value at ``path``, or the name itself when a property's name is at fault; nil for a
    /// property that is missing and when a limit ended the validation.
    ///
    /// It is as large as the client sent it.
    package let value: JSONValue?
    /// The property of the object at ``path`` that is missing; nil for every other problem.
    package let missing: String?
    /// One sentence for a person or a language model: where, what is expected, what was found.
    package let message: String
    /// What lets the alternatives of `anyOf` and `oneOf` be told together.
    let detail: Detail
    /// How many steps into the value the problem is.
    let level: Int

    package var description: String { message }

    /// The only values that are accepted; nil when the problem is of another kind.
    package var allowed: [JSONValue]? {
        guard case .values(let values) = detail else { return nil }
        return values
    }

    /// The part of a problem that alternatives have in common.
    enum Detail: Sendable, Hashable {
        case none
        /// The value has none of these types.
        case types(TypeSet)
        /// The value is none of these.
        case values([JSONValue])
        /// No value is allowed here.
        case nothing
    }
}
