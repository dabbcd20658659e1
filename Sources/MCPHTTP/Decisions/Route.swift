/// What a path leads to.
enum Route: Hashable {
    case endpoint
    /// Whether the process lives.
    case health
    /// Whether it can do its work.
    case ready
    case unknown

    /// - Parameters:
    ///   - target: the path of a request with its query.
    ///   - endpoint: the configured path of the endpoint.
    init(_ target: String, endpoint: String) {
        let path = target.prefix { $0 != "?" }
        switch path {
        case endpoint[...]: self = .endpoint
        case "/health": self = .health
        case "/ready": self = .ready
        default: self = .unknown
        }
    }
}
