internal import JSON

/// What a modern request says about itself in `_meta`, checked against its headers.
struct ModernMeta: Hashable {
    let revision: Revision
    let client: ClientInfo?
    let capabilities: ClientCapabilities
    /// nil: no log messages are wanted.
    let logLevel: LogLevel?

    /// Checks the envelope of a request before its method is looked up: the revision, what is
    /// required in `_meta`, and over HTTP the headers that repeat it.
    init(
        method: String, params: JSONObject, headers: TransportFacts.Headers?
    ) throws(RPCError) {
        guard case .object(let meta)? = params["_meta"] else { throw Self.missing("_meta") }
        guard case .string(let version)? = meta[MetaKey.protocolVersion] else {
            throw Self.missing(MetaKey.protocolVersion)
        }
        if let headers { try HeaderRules.checkVersion(version, headers) }
        guard let revision = Revision(rawValue: version), revision.era == .modern else {
            throw RPCError.unsupportedVersion(version)
        }
        guard case .object(let capabilities)? = meta[MetaKey.clientCapabilities] else {
            throw Self.missing(MetaKey.clientCapabilities)
        }
        if let headers { try HeaderRules.checkNames(method, params, headers) }
        self.revision = revision
        self.capabilities = ClientCapabilities(capabilities)
        client = ClientInfo(meta[MetaKey.clientInfo])
        switch meta[MetaKey.logLevel] {
        case nil: logLevel = nil
        case let value?:
            guard let level = value.string.flatMap(LogLevel.init) else {
                throw RPCError.invalidParams("\"\(MetaKey.logLevel)\" is no log level")
            }
            logLevel = level
        }
    }

    private static func missing(_ key: String) -> RPCError {
        var error = RPCError.invalidParams("\"\(key)\" is missing or of the wrong type")
        error.isEnvelopeFault = true
        return error
    }
}
