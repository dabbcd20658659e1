internal import JSON

extension JSONValue {
    /// A number value of a finite double, without a fraction when it has none.
    static func double(_ value: Double) -> JSONValue {
        guard value.isFinite else { return .null }
        return value == value.rounded() && abs(value) < 9e15
            ? .int(Int64(value)) : .number(String(value))
    }

    /// An array of texts.
    static func strings(_ texts: [String]) -> JSONValue {
        .array(texts.map { .string($0) })
    }
}
