package import JSON

/// The id of a JSON-RPC request: a text, or an integer kept as it was written.
///
/// Two are the same when their bytes are; Swift takes texts for equal that look the same.
package enum RequestID: Sendable {
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

    private var exact: (isText: Bool, text: ExactText) {
        switch self {
        case .string(let text): (true, ExactText(text))
        case .number(let text): (false, ExactText(text))
        }
    }

    private static func isInteger(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
    }
}

extension RequestID: Hashable {
    package static func == (left: RequestID, right: RequestID) -> Bool { left.exact == right.exact }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(exact.isText)
        hasher.combine(exact.text)
    }
}
