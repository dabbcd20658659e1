internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// The answer grew beyond its limit.
struct OversizedAnswer: Error {
    let limit: Int
}

/// The time for the exchange is over.
struct ExchangeTimeout: Error {}

extension HTTPFailure {
    /// Explains an error of the HTTP library.
    ///
    /// The library's own texts are not passed on whole: some quote header values.
    ///
    /// - Parameters:
    ///   - error: what the library or the deadline threw.
    ///   - url: the address of the connection, which holds no secret.
    init(_ error: any Error, url: String) {
        switch error {
        case let failure as HTTPFailure:
            self = failure
        case is CancellationError:
            self.init(kind: .cancelled, message: "The call to Komodo was cancelled.")
        case is ExchangeTimeout:
            self.init(kind: .timedOut, message: "Komodo at \(url) gave no answer in time.")
        case let oversized as OversizedAnswer:
            let message = "Komodo's answer is longer than \(oversized.limit >> 20) MiB."
            self.init(kind: .oversized, message: message)
        case let clientError as HTTPClientError:
            self.init(clientError, url: url)
        case let parserError as HTTPParserError:
            self.init(parserError, url: url)
        case let sslError as NIOSSLError:
            self.init(sslError, url: url)
        case is IOError, is ChannelError:
            self = .lost(url: url, reason: Self.reason(in: "\(error)"))
        default:
            self.init(unknown: error, url: url)
        }
    }

    private init(_ error: HTTPClientError, url: String) {
        switch error {
        case .cancelled, .alreadyShutdown:
            self.init(kind: .cancelled, message: "The call to Komodo was cancelled.")
        case .deadlineExceeded, .readTimeout, .writeTimeout:
            self.init(kind: .timedOut, message: "Komodo at \(url) gave no answer in time.")
        case .connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout:
            self = .unconnected(url: url, reason: "no connection in time")
        case .remoteConnectionClosed:
            self = .lost(url: url, reason: "closed by the other side")
        case .invalidURL, .emptyHost, .emptyScheme:
            self = .unconnected(url: url, reason: "the address is not valid")
        default:
            self = .lost(url: url, reason: "the exchange failed")
        }
    }

    private init(_ error: HTTPParserError, url: String) {
        switch error {
        case .invalidEOFState, .closedConnection:
            self = .lost(url: url, reason: "the answer ended too early")
        default:
            self.init(kind: .unreadable, message: "What answers at \(url) does not speak HTTP.")
        }
    }

    private init(_ error: NIOSSLError, url: String) {
        switch error {
        case .uncleanShutdown:
            self = .lost(url: url, reason: "closed by the other side")
        case .failedToLoadCertificate, .noSuchFilesystemObject:
            self = .unreadableTrust
        default:
            self = .untrusted(url: url, text: "\(error)")
        }
    }

    private init(unknown error: any Error, url: String) {
        let text = "\(type(of: error)) \(error)".lowercased()
        if Self.unreadableTrustWords.contains(where: text.contains) {
            self = .unreadableTrust
        } else if text.contains("ssl") || text.contains("certificate") {
            self = .untrusted(url: url, text: text)
        } else {
            self = .unconnected(url: url, reason: Self.reason(in: text))
        }
    }

    private static let unreadableTrust = HTTPFailure(
        kind: .untrusted, message: "The file with trusted certificates cannot be read.")
    /// How the library's errors about it read inside others, lowered.
    private static let unreadableTrustWords = [
        "failedtoloadcertificate", "nosuchfilesystemobject", "failed to load certificate",
    ]

    private static func unconnected(url: String, reason: String) -> HTTPFailure {
        HTTPFailure(
            kind: .unconnected, message: "Komodo at \(url) cannot be reached: \(reason).")
    }

    private static func lost(url: String, reason: String) -> HTTPFailure {
        HTTPFailure(
            kind: .lost, message: "The connection to Komodo at \(url) broke: \(reason).")
    }

    private static func untrusted(url: String, text: String) -> HTTPFailure {
        let lowered = text.lowercased()
        let reason =
            if lowered.contains("certificate_verify_failed") {
                "its certificate is not trusted; KOMODO_CA_FILE names the authority to trust"
            } else if lowered.contains("failedtovalidatehostname") {
                "its certificate is for another host"
            } else {
                "the TLS handshake failed"
            }
        return HTTPFailure(
            kind: .untrusted, message: "Komodo at \(url) cannot be reached: \(reason).")
    }

    /// Words for people, by what the system's or the library's text contains.
    private static let reasons: [(String, String)] = [
        ("connection refused", "connection refused"),
        ("no route to host", "no route to the host"),
        ("network is unreachable", "the network is unreachable"),
        ("connection reset", "reset by the other side"),
        ("broken pipe", "closed by the other side"),
        ("timed out", "no connection in time"),
        ("connecttimeout", "no connection in time"),
        ("name or service not known", "the host name is unknown"),
        ("temporary failure in name resolution", "the host name cannot be looked up for now"),
        ("unknownhost", "the host name is unknown"),
        ("dns", "the host name cannot be looked up"),
    ]

    private static func reason(in text: String) -> String {
        let lowered = text.lowercased()
        return reasons.first { lowered.contains($0.0) }?.1 ?? "the connection failed"
    }
}
