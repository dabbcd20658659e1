internal import HTTPTypes
internal import JSON
internal import NIOCore

/// A request with its body, taken apart.
struct Inbound: Sendable {
    /// The parts of Core's API that take a type and parameters.
    enum Module: String {
        case read, write, execute, auth
    }

    let method: String
    let path: String
    let query: String
    let fields: HTTPFields
    /// The address of the client's socket.
    let address: String
    let bytes: [UInt8]
    let body: Result<JSONValue, JSONError>
    /// The module that the path names; nil for other paths.
    let module: Module?
    /// The type in the path, as in `/execute/Deploy`.
    let variant: String?

    init(
        method: String, path: String, query: String, fields: HTTPFields, address: String,
        body bytes: [UInt8]
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.fields = fields
        self.address = address
        self.bytes = bytes
        body = Result { () throws(JSONError) in try JSONValue(parsing: bytes) }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        module = parts.count <= 2 ? parts.first.flatMap { Module(rawValue: String($0)) } : nil
        variant = parts.count == 2 ? parts.last.map(String.init) : nil
    }

    /// The request type, from the path or the body.
    var type: String? {
        guard module != nil else { return nil }
        if let variant { return variant }
        guard case .success(let value) = body else { return nil }
        return value["type"]?.string
    }

    /// The parameters, from the body or its `params`.
    var params: JSONValue? {
        guard case .success(let value) = body else { return nil }
        return variant == nil ? value["params"] : value
    }

    /// Whether the body is declared as JSON.
    var isJSON: Bool {
        guard let type = fields[.contentType]?.lowercased() else { return false }
        let essence = type.prefix { $0 != ";" }.filter { $0 != " " }
        return essence == "application/json" || essence.hasSuffix("+json")
    }
}
