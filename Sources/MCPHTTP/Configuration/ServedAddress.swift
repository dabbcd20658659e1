/// Where a server listens.
package struct ServedAddress: Sendable, Hashable {
    /// Without brackets.
    package let host: String
    /// The real port, also when any free one was asked for.
    package let port: Int
    /// The endpoint as clients are configured with it.
    package let url: String

    init(host: String, port: Int, path: String) {
        self.host = host
        self.port = port
        let shown = host.contains(":") ? "[\(host)]" : host
        url = "http://\(shown):\(port)\(path)"
    }
}
