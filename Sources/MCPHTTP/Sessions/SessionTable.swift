private import Synchronization

/// The open sessions by their ids.
final class SessionTable: Sendable {
    private let limits: HTTPLimits
    private let sessions = Mutex<[String: HTTPSession]>([:])

    init(limits: HTTPLimits) { self.limits = limits }

    /// Adds a session, in the place of an unused one if there are too many.
    func insert(_ entry: HTTPSession) throws(Refused) {
        let (displaced, refusal) = sessions.withLock { sessions in
            let (displaced, refusal) = room(for: entry.holder, among: Array(sessions.values))
            if let displaced { sessions[displaced.id] = nil }
            if refusal == nil { sessions[entry.id] = entry }
            return (displaced, refusal)
        }
        displaced?.end()
        if let refusal { throw Refused(refusal) }
    }

    /// What has to go for one more session, or why there can be none.
    private func room(
        for holder: Holder, among sessions: [HTTPSession]
    ) -> (displaced: HTTPSession?, refusal: Reply?) {
        let own = holder.isLocal ? [] : sessions.filter { $0.holder == holder }
        if own.count >= limits.sessionsPerPrincipalMax, !holder.isLocal {
            if let displaced = longestUnused(own) { return (displaced, nil) }
            let message = "\(own.count) of your sessions are open"
            return (nil, .busy(429, message, after: limits.retryAfter))
        }
        guard sessions.count >= limits.sessionsMax else { return (nil, nil) }
        if let displaced = longestUnused(sessions) { return (displaced, nil) }
        let message = "The server has no room for more sessions"
        return (nil, .busy(503, message, after: limits.retryAfter))
    }

    private func longestUnused(_ sessions: [HTTPSession]) -> HTTPSession? {
        sessions.compactMap { entry in entry.unusedFor.map { (entry, $0) } }
            .filter { $0.1 >= limits.sessionKeepMin }
            .max { $0.1 < $1.1 }?.0
    }

    /// The session `id` of `holder`; to anybody else it does not exist.
    func find(_ id: String, _ holder: Holder) throws(Refused) -> HTTPSession {
        let entry = sessions.withLock { $0[id] }
        guard let entry, entry.holder == holder else {
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
            if let unused = entry.unusedFor, unused > limits.sessionIdleMax {
                remove(entry)
            } else {
                entry.trim()
            }
        }
    }

    /// Ends the sessions of those whom `isEnded` names.
    func end(where isEnded: (Holder) -> Bool) {
        for entry in all where isEnded(entry.holder) { remove(entry) }
    }

    /// Every open session.
    var all: [HTTPSession] { sessions.withLock { Array($0.values) } }
}
