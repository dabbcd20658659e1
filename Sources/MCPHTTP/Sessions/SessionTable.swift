internal import MCP
private import Synchronization

/// The open sessions by their ids.
final class SessionTable: Sendable {
    private let limits: HTTPLimits
    private let sessions = Mutex<[String: HTTPSession]>([:])

    init(limits: HTTPLimits) { self.limits = limits }

    /// Adds a session.
    func insert(_ entry: HTTPSession) throws(Refused) {
        let principal = entry.session.principal
        let refusal: Reply? = sessions.withLock { sessions in
            let own = sessions.values.count { $0.session.principal == principal }
            if own >= limits.sessionsPerPrincipalMax {
                return .busy(429, "\(own) of your sessions are open", after: limits.retryAfter)
            }
            if sessions.count >= limits.sessionsMax {
                return .busy(
                    503, "The server has no room for more sessions", after: limits.retryAfter)
            }
            sessions[entry.id] = entry
            return nil
        }
        if let refusal { throw Refused(refusal) }
    }

    /// The session `id` of `principal`; to anybody else it does not exist.
    func find(_ id: String, _ principal: Principal) throws(Refused) -> HTTPSession {
        let entry = sessions.withLock { $0[id] }
        guard let entry, entry.session.principal == principal else {
            throw Refused(.refusal(404, "There is no such session; send initialize to open one"))
        }
        entry.touch()
        return entry
    }

    /// Ends a session.
    func remove(_ entry: HTTPSession) {
        sessions.withLock { $0[entry.id] = nil }
        entry.end()
    }

    /// Ends what is idle and drops what is outdated.
    func sweep() {
        for entry in all {
            if entry.isIdle { remove(entry) } else { entry.trim() }
        }
    }

    /// Every open session.
    var all: [HTTPSession] { sessions.withLock { Array($0.values) } }
}
