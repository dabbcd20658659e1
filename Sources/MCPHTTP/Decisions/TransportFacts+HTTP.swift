internal import HTTPTypes
internal import MCP

extension TransportFacts {
    /// What the fields of a request say about its body.
    init(_ fields: HTTPFields) {
        let prefix = HTTPField.Name.parameterPrefix
        var parameters: [String: String] = [:]
        for field in fields where field.name.canonicalName.hasPrefix(prefix) {
            let name = String(field.name.canonicalName.dropFirst(prefix.count))
            parameters[name] = fields.trimmed(field.name)
        }
        self.init(
            headers: Headers(
                protocolVersion: fields.trimmed(.protocolVersion),
                method: fields.trimmed(.mcpMethod), name: fields.trimmed(.mcpName),
                parameters: parameters))
    }
}
