internal import Jobs

/// How a connection of the feed ended.
struct FeedEnd: Sendable, Hashable {
    let error: KomodoError
    let loss: FeedPace.Loss
    /// What it teaches about key and limits.
    var finding = Admission.Finding.nothing

    /// Nobody wants to hear any more.
    static let left = FeedEnd(
        error: KomodoError(.interrupted, "The websocket is not needed any more."), loss: .left)

    /// The other side closed, orderly or not.
    static let closed = broken(.unreachable, "Komodo closed the websocket.")
    /// Komodo pings every 30 s, so it hears and says nothing any more.
    static let silent = broken(.timedOut, "Komodo's websocket has gone silent.")
    /// Neither login nor refusal.
    static let unanswered = broken(.timedOut, "Komodo's websocket gave no answer in time.")
    /// What came is longer than it may be, or no websocket's frame.
    static let unreadable = broken(.malformed, "Komodo's websocket sent what cannot be read.")

    private static func broken(_ code: KomodoError.Code, _ message: String) -> FeedEnd {
        FeedEnd(error: KomodoError(code, message), loss: .broken)
    }
}

extension FeedEnd {
    /// Nothing was sent.
    init(unsent error: KomodoError) {
        let loss: FeedPace.Loss =
            switch error.code {
            case .throttled(let wait): wait.map { .throttled($0) } ?? .broken
            case .budgetExhausted(let wait): .throttled(wait)
            case .notFound, .forbidden, .unauthorized, .unreachable, .timedOut, .malformed,
                .invalid, .unsupported, .serverFault, .interrupted:
                .broken
            }
        self.init(error: error, loss: loss)
    }

    /// The connection failed.
    init(_ failure: HTTPFailure) {
        self.init(error: failure.komodoError, loss: .broken)
    }

    /// The login was refused.
    init(login refusal: CoreRefusal) {
        let loss: FeedPace.Loss =
            switch refusal.finding {
            case .keyRefused: .refused
            case .throttled(let wait): .throttled(wait)
            case .keyAccepted, .nothing: .broken
            }
        self.init(error: refusal.komodoError, loss: loss, finding: refusal.finding)
    }

    /// The answer to the upgrade is an ordinary one.
    ///
    /// No key has left by then, so nothing is learned about it.
    init(upgrade refusal: CoreRefusal, url: String) {
        switch refusal.finding {
        case .throttled(let wait):
            self.init(
                error: refusal.komodoError, loss: .throttled(wait), finding: refusal.finding)
        case .keyAccepted, .keyRefused, .nothing:
            // 501 alone of the server's errors says that it will stay so.
            guard refusal.status != 408, refusal.status < 500 || refusal.status == 501 else {
                self.init(error: refusal.komodoError, loss: .broken)
                return
            }
            self.init(absentAt: url, status: refusal.status)
        }
    }

    /// There is no websocket.
    init(absentAt url: String, status: Int) {
        let message =
            "What answers at \(url) opens no websocket at /ws/update (\(status)); a proxy before "
            + "Komodo has to pass upgrades on."
        self.init(error: KomodoError(.unsupported, message, status: status), loss: .absent)
    }

    /// What answered the login is no Komodo.
    init(strange words: String) {
        let message = "What answers at /ws/update is no Komodo: \(words)"
        self.init(error: KomodoError(.malformed, message), loss: .absent)
    }
}
