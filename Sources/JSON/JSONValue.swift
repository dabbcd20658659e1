/// A JSON value that keeps the order of its keys and the text of its numbers.
///
/// Foundation's types lose both: a 64-bit identifier becomes a double and an object becomes a set.
/// Equality of objects is ordered; compare ``canonical()`` values to ignore order.
package enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    /// The number as it was written, for example `1.50` or `12345678901234567890`.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    /// The member named `key` of an object; nil for any other value.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let object) = self else { return nil }
        return object[key]
    }

    /// The text of a string value.
    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The number as a 64-bit integer, when it is one; `3.0` and `3e2` count as integers.
    package var int: Int64? {
        guard case .number(let text) = self else { return nil }
        if let exact = Int64(text) { return exact }
        guard let double = Double(text), double == double.rounded(), abs(double) < 9e15 else {
            return nil
        }
        return Int64(double)
    }

    /// The number as a double.
    package var double: Double? {
        guard case .number(let text) = self else { return nil }
        return Double(text)
    }

    /// The Boolean value.
    package var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The elements of an array.
    package var array: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The members of an object.
    package var object: JSONObject? {
        guard case .object(let object) = self else { return nil }
        return object
    }

    /// Whether this is `null`.
    package var isNull: Bool { self == .null }

    /// A number value of an integer.
    package static func int(_ value: some BinaryInteger) -> JSONValue {
        .number(String(value))
    }

    /// The same value with the keys of every object in byte order, for digests and comparison.
    ///
    /// - Complexity: O(n log n) in the number of members.
    package func canonical() -> JSONValue {
        switch self {
        case .null, .bool, .number, .string: self
        case .array(let elements): .array(elements.map { $0.canonical() })
        case .object(let object):
            .object(
                JSONObject(
                    distinct: object.members
                        .map { JSONObject.Member(key: $0.key, value: $0.value.canonical()) }
                        .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }))
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int64) { self = .int(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(nilLiteral: ()) { self = .null }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements))
    }
}

extension JSONValue: CustomStringConvertible {
    package var description: String { serialized() }
}
