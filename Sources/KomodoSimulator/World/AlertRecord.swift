internal import JSON

/// A stored alert of the simulated installation.
struct AlertRecord: Sendable {
    /// 24 hexadecimal digits.
    let id: String
    /// When it was raised, in milliseconds since 1970.
    let time: Int64
    /// `OK`, `WARNING` or `CRITICAL`.
    let level: String
    let targetKind: String
    let targetID: String
    let type: String
    let data: JSONObject
    /// When it was resolved; nil while it is open.
    var resolvedAt: Int64?

    /// The `Alert` of Core's API.
    var json: JSONValue {
        [
            "_id": ["$oid": .string(id)], "ts": .int(time), "resolved": .bool(resolvedAt != nil),
            "level": .string(level),
            "target": ["type": .string(targetKind), "id": .string(targetID)],
            "data": ["type": .string(type), "data": .object(data)],
            "resolved_ts": resolvedAt.map { .int($0) } ?? .null,
        ]
    }

    /// A field that filters can name.
    func value(of field: String) -> UpdateFilter.Value {
        switch field {
        case "_id": .objectID(id)
        case "ts": .number(Double(time))
        case "resolved": .bool(resolvedAt != nil)
        case "level": .string(level)
        case "target.type": .string(targetKind)
        case "target.id": .string(targetID)
        case "data.type": .string(type)
        case "resolved_ts": resolvedAt.map { .number(Double($0)) } ?? .null
        default: .null
        }
    }
}
