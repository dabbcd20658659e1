/// Which `Host` and `Origin` fields are accepted, against pages that reach loopback by rebinding
/// a name.
struct AddressRules: Sendable {
    /// Host to its one port; nil for any.
    private let hosts: [String: Set<Int?>]
    private let origins: Set<String>

    /// - Throws: for a host or an origin that cannot be read.
    init(_ configuration: HTTPConfiguration) throws(HTTPServerError) {
        var hosts: [String: Set<Int?>] = [:]
        for text in configuration.allowedHosts {
            guard let authority = Authority(text) else {
                throw HTTPServerError(
                    code: .invalidConfiguration,
                    message: "\"\(text)\" is no host; write \"name\" or \"name:port\"")
            }
            hosts[authority.host, default: []].insert(authority.port)
        }
        let bound = configuration.boundHost.lowercased()
        if !Self.wildcards.contains(bound) { hosts[bound, default: []].insert(nil) }
        self.hosts = hosts
        var origins: Set<String> = []
        for text in configuration.allowedOrigins {
            guard let origin = Self.origin(text) else {
                throw HTTPServerError(
                    code: .invalidConfiguration,
                    message: "\"\(text)\" is no origin; write \"https://name\" with the port if "
                        + "it is not 443")
            }
            origins.insert(origin.text)
        }
        self.origins = origins
    }

    private static let wildcards: Set<String> = ["0.0.0.0", "::"]

    /// Whether requests may be addressed to `field`.
    func permitsHost(_ field: String) -> Bool {
        guard let authority = Authority(field) else { return false }
        if authority.isLoopback { return true }
        guard let ports = hosts[authority.host] else { return false }
        return ports.contains(nil) || ports.contains(authority.port)
    }

    /// Whether a page of the origin `field` may send requests.
    func permitsOrigin(_ field: String) -> Bool {
        guard let origin = Self.origin(field) else { return false }
        return origin.authority.isLoopback || origins.contains(origin.text)
    }

    /// Whether `field` is an origin that the configuration lists, not only one of loopback.
    func listsOrigin(_ field: String) -> Bool {
        Self.origin(field).map { origins.contains($0.text) } ?? false
    }

    private static func origin(_ text: String) -> (text: String, authority: Authority)? {
        for (scheme, standardPort) in [("http://", 80), ("https://", 443)]
        where text.lowercased().hasPrefix(scheme) {
            var rest = text.dropFirst(scheme.count).lowercased()
            if rest.last == "/" { rest.removeLast() }
            guard let authority = Authority(rest) else { return nil }
            // Browsers leave the standard port out.
            if authority.port == standardPort, let colon = rest.lastIndex(of: ":") {
                rest = String(rest[..<colon])
            }
            return (scheme + rest, authority)
        }
        return nil
    }
}
