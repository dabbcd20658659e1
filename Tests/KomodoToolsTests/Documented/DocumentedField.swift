import JSON

/// A field of a document: where it stands and what it is made of.
struct DocumentedField: Sendable, Hashable, Comparable {
    /// As `items[].tags`.
    let path: String
    let type: String

    static func < (left: Self, right: Self) -> Bool {
        (left.path, left.type) < (right.path, right.type)
    }

    /// Objects whose names are somebody's own.
    static let foreign: Set = ["env", "environment", "variables", "build_args"]

    /// Every field in a document; what is in lists is of all their items.
    static func all(in document: JSONValue) -> Set<DocumentedField> {
        var fields: Set<DocumentedField> = []
        collect(document, "", into: &fields)
        return fields
    }

    private static func collect(
        _ value: JSONValue, _ path: String, into fields: inout Set<DocumentedField>
    ) {
        if !path.isEmpty { fields.insert(DocumentedField(path: path, type: type(of: value))) }
        switch value {
        case .object(let object):
            let name = path.split(separator: ".").last.map(String.init) ?? ""
            guard !foreign.contains(name) else { return }
            for member in object.members {
                let inner = path.isEmpty ? member.key : "\(path).\(member.key)"
                collect(member.value, inner, into: &fields)
            }
        case .array(let items):
            for item in items where item.object != nil || item.array != nil {
                inside(item, path, into: &fields)
            }
        case .null, .bool, .number, .string: break
        }
    }

    private static func inside(
        _ item: JSONValue, _ path: String, into fields: inout Set<DocumentedField>
    ) {
        for field in all(in: item) {
            fields.insert(DocumentedField(path: "\(path)[].\(field.path)", type: field.type))
        }
    }

    static func type(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
