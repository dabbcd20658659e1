internal import JSON

/// The arguments of a call, read by type.
///
/// The protocol layer has checked them against the schema; what does not fit here is refused again.
struct ToolArguments: Sendable, Hashable {
    let json: JSONObject
    /// The JSON pointer of these arguments: "" or `/options`.
    private let place: String

    init(_ json: JSONObject, place: String = "") {
        self.json = json
        self.place = place
    }

    /// A text; nil when it is absent.
    func string(_ name: String) throws(ToolFailure) -> String? {
        try value(name, "must be a text") { $0.string }
    }

    /// A text that is there and not empty.
    func requiredString(_ name: String) throws(ToolFailure) -> String {
        guard let text = try string(name) else {
            throw ToolFailure([ArgumentFault(path(name), "is missing and must be given")])
        }
        guard !text.isEmpty else { throw fault(name, "must not be empty") }
        return text
    }

    /// A Boolean; nil when it is absent.
    func bool(_ name: String) throws(ToolFailure) -> Bool? {
        try value(name, "must be true or false", allowed: [true, false]) { $0.bool }
    }

    /// A whole number within `range`; nil when it is absent.
    func int(_ name: String, in range: ClosedRange<Int>) throws(ToolFailure) -> Int? {
        let expectation =
            "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
        return try value(name, expectation) {
            guard let number = $0.int, range.contains(Int(number)) else { return nil }
            return Int(number)
        }
    }

    /// An object; nil when it is absent.
    func object(_ name: String) throws(ToolFailure) -> JSONObject? {
        try value(name, "must be an object") { $0.object }
    }

    /// One of the words of `type`; nil when it is absent.
    func choice<Word: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Word.Type
    ) throws(ToolFailure) -> Word? where Word.RawValue == String {
        let words = Word.allCases.map(\.rawValue)
        return try value(
            name, "must be one of \(words.joined(separator: ", "))", allowed: Self.json(words)
        ) { $0.string.flatMap(Word.init(rawValue:)) }
    }

    /// Any of the words of `type`; none when it is absent.
    func choices<Word: RawRepresentable & CaseIterable & Hashable>(
        _ name: String, _ type: Word.Type
    ) throws(ToolFailure) -> Set<Word> where Word.RawValue == String {
        let words = Word.allCases.map(\.rawValue)
        let found = try value(
            name, "must be a list of \(words.joined(separator: ", "))", allowed: Self.json(words)
        ) { json -> Set<Word>? in
            guard let items = json.array else { return nil }
            let known = items.compactMap { $0.string.flatMap(Word.init(rawValue:)) }
            return known.count == items.count ? Set(known) : nil
        }
        return found ?? []
    }

    /// The members of an object argument; empty when it is absent.
    func nested(_ name: String) throws(ToolFailure) -> ToolArguments {
        ToolArguments(try object(name) ?? [:], place: path(name))
    }

    /// The refusal of an argument.
    func fault(
        _ name: String, _ expectation: String, allowed: [String]? = nil
    ) -> ToolFailure {
        ToolFailure([
            ArgumentFault(
                path(name), expectation, value: json[name], allowed: allowed.map(Self.json))
        ])
    }

    private func path(_ name: String) -> String { "\(place)/\(name)" }

    private static func json(_ words: [String]) -> [JSONValue] { words.map { .string($0) } }

    private func value<Value>(
        _ name: String, _ expectation: String, allowed: [JSONValue]? = nil,
        _ read: (JSONValue) -> Value?
    ) throws(ToolFailure) -> Value? {
        guard let json = json[name], !json.isNull else { return nil }
        if let value = read(json) { return value }
        throw ToolFailure([
            ArgumentFault(path(name), expectation, value: json, allowed: allowed)
        ])
    }
}
