internal import JSON
private import Synchronization

/// The compiled schemas of tools, by name; a changed schema is compiled anew.
final class SchemaCache: Sendable {
    private struct Entry {
        let source: JSONValue
        let schema: JSONSchema
    }

    private static let entriesMax = 1_024
    private let entries = Mutex<[String: Entry]>([:])

    /// The compiled `source` of the tool called `name`.
    func schema(_ source: JSONValue, of name: String) throws(SchemaError) -> JSONSchema {
        if let entry = entries.withLock({ $0[name] }), entry.source == source {
            return entry.schema
        }
        let schema = try JSONSchema(source)
        entries.withLock { entries in
            if entries.count >= Self.entriesMax { entries.removeAll() }
            entries[name] = Entry(source: source, schema: schema)
        }
        return schema
    }
}
