internal import JSON

/// A set of the seven types of JSON Schema.
struct TypeSet: OptionSet, Sendable, Hashable {
    let rawValue: UInt8

    static let null = TypeSet(rawValue: 1)
    static let boolean = TypeSet(rawValue: 2)
    static let integer = TypeSet(rawValue: 4)
    static let number = TypeSet(rawValue: 8)
    static let string = TypeSet(rawValue: 16)
    static let array = TypeSet(rawValue: 32)
    static let object = TypeSet(rawValue: 64)

    init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The type of this name; nil when there is none.
    init?(name: String) {
        guard let named = Self.names.first(where: { $0.name == name }) else { return nil }
        self = named.type
    }

    /// Whether `value` has one of the types.
    func accepts(_ value: JSONValue) -> Bool {
        switch value {
        case .null: contains(.null)
        case .bool: contains(.boolean)
        case .number(let text):
            if contains(.number) {
                ExactNumber(text) != nil
            } else {
                contains(.integer) && ExactNumber(text)?.isInteger == true
            }
        case .string: contains(.string)
        case .array: contains(.array)
        case .object: contains(.object)
        }
    }

    /// The types in words: "a string or null".
    var phrase: String {
        let words = Self.names.filter { contains($0.type) }.map(\.phrase)
        guard let last = words.last, words.count > 1 else { return words.first ?? "absent" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }

    /// The type of `value` in words: "a string".
    static func phrase(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "a Boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    private static let names: [(type: TypeSet, name: String, phrase: String)] = [
        (.string, "string", "a string"), (.integer, "integer", "an integer"),
        (.number, "number", "a number"), (.boolean, "boolean", "true or false"),
        (.array, "array", "an array"), (.object, "object", "an object"), (.null, "null", "null"),
    ]
}
