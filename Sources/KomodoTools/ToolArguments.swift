internal import JSON

/// The arguments of a call, read by type.
///
/// The protocol layer has checked them against the schema; what does not fit here is refused again.
struct ToolArguments: Sendable, Hashable {
    let json: JSONObject
    /// Where these arguments are, for messages: "" or `options.`.
    private let place: String

    init(_ json: JSONObject, place: String = "") {
        self.json = json
        self.place = place
    }

    /// A text; nil when it is absent.
    func string(_ name: String) throws(ToolFailure) -> String? {
        try value(name, "a text") { $0.string }
    }

    /// A text that is there and not empty.
    func requiredString(_ name: String) throws(ToolFailure) -> String {
        guard let text = try string(name), !text.isEmpty else {
            throw ToolFailure(
                .validationError, "'\(place)\(name)' is missing.",
                details: ["argument": .string(place + name)])
        }
        return text
    }

    /// A Boolean; nil when it is absent.
    func bool(_ name: String) throws(ToolFailure) -> Bool? {
        try value(name, "true or false") { $0.bool }
    }

    /// A whole number within `range`; nil when it is absent.
    func int(_ name: String, in range: ClosedRange<Int>) throws(ToolFailure) -> Int? {
        try value(name, "a whole number from \(range.lowerBound) to \(range.upperBound)") {
            guard let number = $0.int, range.contains(Int(number)) else { return nil }
            return Int(number)
        }
    }

    /// An object; nil when it is absent.
    func object(_ name: String) throws(ToolFailure) -> JSONObject? {
        try value(name, "an object") { $0.object }
    }

    /// One of the words of `type`.
    func choice<Word: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Word.Type
    ) throws(ToolFailure) -> Word? where Word.RawValue == String {
        let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
        return try value(name, "one of \(words)") { $0.string.flatMap(Word.init(rawValue:)) }
    }

    /// The members of an object argument; empty when it is absent.
    func nested(_ name: String) throws(ToolFailure) -> ToolArguments {
        ToolArguments(try object(name) ?? [:], place: "\(place)\(name).")
    }

    private func value<Value>(
        _ name: String, _ expectation: String, _ read: (JSONValue) -> Value?
    ) throws(ToolFailure) -> Value? {
        guard let json = json[name], !json.isNull else { return nil }
        if let value = read(json) { return value }
        throw ToolFailure(
            .validationError,
            "'\(place)\(name)' must be \(expectation); it is "
                + "\(BoundedText.line(json.serialized(), max: 80)).",
            details: ["argument": .string(place + name)])
    }
}
