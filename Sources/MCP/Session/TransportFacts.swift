/// What a transport knows about a message beside its body.
package struct TransportFacts: Sendable, Hashable {
    /// The headers of an HTTP request; nil on stdio.
    package var headers: Headers?

    package init(headers: Headers? = nil) {
        self.headers = headers
    }

    /// The headers that modern requests repeat from their bodies, with white space trimmed.
    package struct Headers: Sendable, Hashable {
        /// `MCP-Protocol-Version`.
        package var protocolVersion: String?
        /// `Mcp-Method`.
        package var method: String?
        /// `Mcp-Name`, as it was sent.
        package var name: String?
        /// `Mcp-Param-…`: what follows the prefix, in lower case, to the value as it was sent.
        package var parameters: [String: String]

        package init(
            protocolVersion: String? = nil, method: String? = nil, name: String? = nil,
            parameters: [String: String] = [:]
        ) {
            self.protocolVersion = protocolVersion
            self.method = method
            self.name = name
            self.parameters = parameters
        }
    }
}
