internal import JSON

/// One field of a request's parameters, with what Core's deserializer accepts.
struct ParameterField: Sendable {
    /// The JSON that a field takes.
    enum Kind: Sendable {
        case string, integer, bool, strings, object, signal, any
    }

    /// Whether a field may be absent or null.
    enum Need: Sendable {
        /// Must be there.
        case required
        /// May be absent or null.
        case optional
        /// May be absent; null is refused, for it only has a default.
        case defaulted
    }

    let name: String
    let kind: Kind
    let need: Need
    /// Other names that reads accept.
    var aliases: [String] = []

    /// Why `params` do not fit `fields`, in the deserializer's words; nil when they do.
    static func fault(in params: JSONValue, fields: [ParameterField]) -> String? {
        guard case .object(let object) = params else {
            return "invalid type: \(describe(params)), expected struct"
        }
        return fields.lazy.compactMap { $0.fault(in: object) }.first
    }

    /// The value of this field under its name or an alias.
    func value(in object: JSONObject) -> JSONValue? {
        object[name] ?? aliases.lazy.compactMap { object[$0] }.first
    }

    private func fault(in object: JSONObject) -> String? {
        guard let value = value(in: object) else {
            return need == .required ? "missing field `\(name)`" : nil
        }
        if value.isNull { return need == .optional ? nil : "\(name): \(mismatch(value))" }
        return accepts(value) ? nil : "\(name): \(mismatch(value))"
    }

    private func mismatch(_ value: JSONValue) -> String {
        "invalid type: \(Self.describe(value)), expected \(expectation)"
    }

    private func accepts(_ value: JSONValue) -> Bool {
        switch kind {
        case .string: value.string != nil
        case .integer: value.int != nil
        case .bool: value.bool != nil
        case .strings: value.array?.allSatisfy { $0.string != nil } ?? false
        case .object: value.object != nil
        case .signal: ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"].contains(value.string ?? "")
        case .any: true
        }
    }

    private var expectation: String {
        switch kind {
        case .string: "a string"
        case .integer: "i64"
        case .bool: "a boolean"
        case .strings: "a sequence"
        case .object: "a map"
        case .signal: "one of `SIGHUP`, `SIGINT`, `SIGQUIT`, `SIGTERM`"
        case .any: "any value"
        }
    }

    private static func describe(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): "boolean `\(value)`"
        case .number(let text): "integer `\(text)`"
        case .string(let text): "string \"\(text)\""
        case .array: "sequence"
        case .object: "map"
        }
    }
}
