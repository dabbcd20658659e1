/// Why a text is not JSON that this program reads.
package struct JSONError: Error, Hashable, CustomStringConvertible {
    /// The kind of fault.
    package enum Code: Sendable, Hashable {
        case unexpectedEnd, unexpectedByte, invalidNumber, invalidString, tooDeep, trailingBytes
    }

    package let code: Code
    /// Where the fault was found, in bytes from the beginning.
    package let offset: Int

    package var description: String {
        switch code {
        case .unexpectedEnd: "the JSON text ends too early, at byte \(offset)"
        case .unexpectedByte: "not JSON at byte \(offset)"
        case .invalidNumber: "not a JSON number at byte \(offset)"
        case .invalidString: "not a JSON string at byte \(offset)"
        case .tooDeep: "JSON nested too deep at byte \(offset)"
        case .trailingBytes: "text after the JSON value at byte \(offset)"
        }
    }
}
