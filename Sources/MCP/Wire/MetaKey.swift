/// The keys of `_meta` that the protocol reserves.
package enum MetaKey {
    package static let protocolVersion = "io.modelcontextprotocol/protocolVersion"
    package static let clientCapabilities = "io.modelcontextprotocol/clientCapabilities"
    package static let clientInfo = "io.modelcontextprotocol/clientInfo"
    package static let serverInfo = "io.modelcontextprotocol/serverInfo"
    package static let logLevel = "io.modelcontextprotocol/logLevel"
    package static let subscriptionID = "io.modelcontextprotocol/subscriptionId"
    package static let relatedTask = "io.modelcontextprotocol/related-task"
    package static let immediateResponse = "io.modelcontextprotocol/model-immediate-response"
    package static let progressToken = "progressToken"
}
