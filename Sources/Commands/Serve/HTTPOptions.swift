internal import ArgumentParser

/// How to serve over HTTP.
struct HTTPOptions: ParsableArguments {
    @Option(
        help: """
            Where to listen, as host:port; port 0 takes any free one. For http. \
            (default: \(BindAddress.standard))
            """,
        transform: BindAddress.init(parsing:))
    var bind: BindAddress?

    @Option(
        name: .customLong("allow-host"),
        help: "Another name under which clients reach the server, as name or name:port. For http.")
    var allowedHosts: [String] = []

    @Option(
        name: .customLong("allow-origin"),
        help: "A web origin that may send requests, as https://name. For http.")
    var allowedOrigins: [String] = []

    /// The first option that was given; it means nothing without HTTP.
    var given: String? {
        if bind != nil { return "--bind" }
        if !allowedHosts.isEmpty { return "--allow-host" }
        return allowedOrigins.isEmpty ? nil : "--allow-origin"
    }
}
