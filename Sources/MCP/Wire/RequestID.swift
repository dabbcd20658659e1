package import JSON

/// The id of a JSON-RPC request: a text, or an integer kept as it was written.
package enum RequestID: Sendable, Hashable {
    case string(String)
    /// The digits of an integer, for example `7`.
    case number(String)

    /// The id in `value`, when it is a text or an integer.
    package init?(_ value: JSONValue) {
        switch value {
        case .string(let text): self = .string(text)
        case .number(let text) where Self.isInteger(text): self = .number(text)
        case .number, .null, .bool, .array, .object: return nil
        }
    }

    /// The id as it stands in a message.
    package var json: JSONValue {
        switch self {
        case .string(let text): .string(text)
        case .number(let text): .number(text)
        }
    }

    private static func isInteger(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
    }
}
