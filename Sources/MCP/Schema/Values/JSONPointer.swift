internal import JSON

/// The text form of JSON pointers (RFC 6901).
enum JSONPointer {
    /// `name` as one part of a pointer.
    static func escaped(_ name: String) -> String {
        guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") })
        else { return name }
        var text = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// The value that `pointer` leads to inside `root`; nil when there is none.
    static func value(at pointer: String, in root: JSONValue) -> JSONValue? {
        var current = root
        for part in parts(of: pointer) {
            switch current {
            case .object(let object):
                guard let next = object[unescaped(part)] else { return nil }
                current = next
            case .array(let elements):
                guard let index = Int(part), String(index) == part,
                    elements.indices.contains(index)
                else { return nil }
                current = elements[index]
            case .null, .bool, .number, .string:
                return nil
            }
        }
        return current
    }

    private static func parts(of pointer: String) -> [String] {
        guard !pointer.isEmpty else { return [] }
        let bytes = Array(pointer.utf8).dropFirst()
        return bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private static func unescaped(_ part: String) -> String {
        var text = ""
        var isEscape = false
        for scalar in part.unicodeScalars {
            if isEscape {
                text += scalar == "1" ? "/" : "~"
                isEscape = false
            } else if scalar == "~" {
                isEscape = true
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
