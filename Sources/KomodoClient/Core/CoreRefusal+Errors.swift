internal import Jobs

extension CoreRefusal {
    /// The refusal of a read as an error.
    var komodoError: KomodoError {
        switch status {
        case 401 where meaning == .databaseUnavailable: error(.serverFault)
        case 401: KomodoError(.unauthorized, keyMessage, status: status)
        case 403: error(.forbidden)
        case 404 where isFromCore: error(.notFound)
        case 404, 405:
            KomodoError(
                .invalid,
                "What answers at Komodo's address does not know this request (\(status)); check "
                    + "KOMODO_URL.", status: status)
        case 408: error(.timedOut)
        case 429: error(.throttled(retryAfter: retryAfter ?? Patience.windowDefault))
        case 503 where retryAfter != nil: error(.throttled(retryAfter: retryAfter))
        case 502, 503, 504: gatewayError
        case 300..<400:
            KomodoError(
                .invalid,
                "Komodo's address answers with a redirect (\(status)); set the address that it "
                    + "leads to.", status: status)
        case 400..<500: error(.invalid)
        default: faultError
        }
    }

    /// Whether the same read may work a moment later.
    var isPassing: Bool {
        switch status {
        case 502, 504: true
        case 503: retryAfter == nil
        case 401: meaning == .databaseUnavailable
        case 500: [.databaseUnavailable, .peripheryUnreachable, .interrupted].contains(meaning)
        default: false
        }
    }

    /// What people read when the key does not work, with Komodo's reason.
    var keyMessage: String { "\(Turnstile.keyRefusedMessage) Komodo says: \(message)" }

    private var gatewayError: KomodoError {
        KomodoError(
            status == 504 ? .timedOut : .unreachable,
            "Komodo cannot be reached through its proxy (\(status)): \(message)", status: status)
    }

    /// Core answers nearly every failure with 500; its words tell them apart.
    private var faultError: KomodoError {
        switch meaning {
        case .notFound: error(.notFound)
        case .forbidden: error(.forbidden)
        case .invalid: error(.invalid)
        case .busy, .peripheryUnreachable, .interrupted, .cancelled, .databaseUnavailable, .unknown:
            error(.serverFault)
        }
    }

    private func error(_ code: KomodoError.Code) -> KomodoError {
        KomodoError(code, message, status: status)
    }
}
