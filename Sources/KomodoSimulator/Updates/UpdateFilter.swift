internal import JSON

/// The part of MongoDB's query language that clients use on updates.
///
/// Equality, dotted keys, `$in $nin $eq $ne $gt $gte $lt $lte $exists`, `$or $and $nor`, and
/// `{"$oid": …}` for ids.
indirect enum UpdateFilter: Sendable {
    case all([UpdateFilter])
    case any([UpdateFilter])
    case none([UpdateFilter])
    case compare(field: String, Comparison, Value)
    case among(field: String, [Value])
    case exists(field: String, Bool)

    /// How a field is compared with a value.
    enum Comparison: String {
        case equal = "$eq"
        case notEqual = "$ne"
        case greater = "$gt"
        case greaterOrEqual = "$gte"
        case less = "$lt"
        case lessOrEqual = "$lte"
    }

    /// A value of a document; a missing field equals `null`.
    enum Value: Sendable, Hashable {
        case null
        case bool(Bool)
        case number(Double)
        case string(String)
        case objectID(String)
    }

    /// What the database says about a query that it does not understand.
    struct Fault: Error {
        let message: String
    }

    /// Reads a query document.
    init(_ query: JSONValue?) throws(Fault) {
        guard let query, !query.isNull else {
            self = .all([])
            return
        }
        guard let object = query.object else { throw Fault(message: "query must be a document") }
        var parts: [UpdateFilter] = []
        for member in object.members {
            parts.append(try Self.clause(member.key, member.value))
        }
        self = parts.count == 1 ? parts[0] : .all(parts)
    }

    /// The ids that a match must have, when the filter names them.
    var requiredIDs: [String]? {
        switch self {
        case .compare("_id", .equal, .objectID(let id)): [id]
        case .among("_id", let values):
            values.compactMap { if case .objectID(let id) = $0 { id } else { nil } }
        case .all(let parts): parts.lazy.compactMap(\.requiredIDs).first
        case .any, .none, .compare, .among, .exists: nil
        }
    }

    /// The target that a match must have, when the filter names it.
    var requiredTargetID: String? {
        switch self {
        case .compare("target.id", .equal, .string(let id)): id
        case .all(let parts): parts.lazy.compactMap(\.requiredTargetID).first
        case .any, .none, .compare, .among, .exists: nil
        }
    }

    /// Whether `record` is selected.
    func matches(_ record: UpdateRecord) -> Bool {
        matches { Self.value(of: $0, in: record) }
    }

    /// Whether the document whose fields `value` tells is selected.
    func matches(_ value: (String) -> Value) -> Bool {
        switch self {
        case .all(let parts): parts.allSatisfy { $0.matches(value) }
        case .any(let parts): parts.contains { $0.matches(value) }
        case .none(let parts): !parts.contains { $0.matches(value) }
        case .compare(let field, let comparison, let wanted):
            Self.compare(value(field), comparison, wanted)
        case .among(let field, let values): values.contains(value(field))
        case .exists(let field, let wanted): (value(field) != .null) == wanted
        }
    }
}

extension UpdateFilter {
    private static func clause(_ key: String, _ value: JSONValue) throws(Fault) -> UpdateFilter {
        switch key {
        case "$and": return .all(try list(value))
        case "$or": return .any(try list(value))
        case "$nor": return .none(try list(value))
        default: break
        }
        guard !key.hasPrefix("$") else {
            throw Fault(message: "unknown top level operator: \(key)")
        }
        guard let operators = value.object, operators.keys.contains(where: isOperator) else {
            return .compare(field: key, .equal, try Self.value(value))
        }
        var parts: [UpdateFilter] = []
        for member in operators.members {
            parts.append(try condition(key, member.key, member.value))
        }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private static func condition(_ field: String, _ name: String, _ value: JSONValue)
        throws(Fault) -> UpdateFilter
    {
        switch name {
        case "$in": return .among(field: field, try values(value))
        case "$nin": return .none([.among(field: field, try values(value))])
        case "$exists": return .exists(field: field, value.bool ?? true)
        default: break
        }
        guard let comparison = Comparison(rawValue: name) else {
            throw Fault(message: "unknown operator: \(name)")
        }
        return .compare(field: field, comparison, try Self.value(value))
    }

    private static func isOperator(_ key: String) -> Bool {
        key.hasPrefix("$") && key != "$oid" && key != "$numberLong"
    }

    private static func list(_ value: JSONValue) throws(Fault) -> [UpdateFilter] {
        guard let elements = value.array, !elements.isEmpty else {
            throw Fault(message: "$and/$or/$nor must be a nonempty array")
        }
        var filters: [UpdateFilter] = []
        for element in elements { filters.append(try UpdateFilter(element)) }
        return filters
    }

    private static func values(_ value: JSONValue) throws(Fault) -> [Value] {
        guard let elements = value.array else { throw Fault(message: "$in needs an array") }
        var values: [Value] = []
        for element in elements { values.append(try Self.value(element)) }
        return values
    }

    private static func value(_ json: JSONValue) throws(Fault) -> Value {
        switch json {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .number: return .number(json.double ?? 0)
        case .string(let text): return .string(text)
        case .object:
            if let id = json["$oid"]?.string { return .objectID(id) }
            if let number = json["$numberLong"]?.string.flatMap({ Double($0) }) {
                return .number(number)
            }
            throw Fault(message: "cannot compare with a document")
        case .array: throw Fault(message: "cannot compare with an array")
        }
    }

    private static func value(of field: String, in record: UpdateRecord) -> Value {
        switch field {
        case "_id": .objectID(record.id)
        case "operation": .string(record.operation)
        case "operator": .string(record.operatorID)
        case "target.type": .string(record.target.kind.rawValue)
        case "target.id": .string(record.target.id)
        case "status": .string(record.status.rawValue)
        case "success": .bool(record.success)
        case "start_ts": .number(Double(record.startTs))
        case "end_ts": record.endTs.map { .number(Double($0)) } ?? .null
        case "commit_hash": record.commitHash.isEmpty ? .null : .string(record.commitHash)
        default: .null
        }
    }

    /// Values of different types never compare, as in MongoDB.
    private static func compare(_ left: Value, _ comparison: Comparison, _ right: Value) -> Bool {
        switch comparison {
        case .equal: return left == right
        case .notEqual: return left != right
        case .greater, .greaterOrEqual, .less, .lessOrEqual: break
        }
        switch (left, right) {
        case (.number(let left), .number(let right)): return ordered(left, comparison, right)
        case (.string(let left), .string(let right)): return ordered(left, comparison, right)
        case (.objectID(let left), .objectID(let right)): return ordered(left, comparison, right)
        default: return false
        }
    }

    private static func ordered<T: Comparable>(_ left: T, _ comparison: Comparison, _ right: T)
        -> Bool
    {
        switch comparison {
        case .greater: left > right
        case .greaterOrEqual: left >= right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .equal: left == right
        case .notEqual: left != right
        }
    }
}
