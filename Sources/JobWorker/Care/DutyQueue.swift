internal import Jobs

/// The duties of a worker: so many of each kind are carried out at once, the others wait in order.
///
/// A kind never waits for another: cancels pass while a thousand jobs are reconciled. Pure; nothing
/// is lost with it, because every duty follows from what the database says.
struct DutyQueue: Sendable {
    /// Each reads every few seconds; more of them would only wait for the rate budget, and a read
    /// that waits too long begins a job's grace anew.
    static let reconciliationsMax = 8
    /// More, for a read that fails costs them nothing.
    static let verificationsMax = 16
    static let recoveriesMax = 8
    /// More, for one that Komodo does not answer keeps its place while it pauses.
    static let cancelsMax = 32

    private struct Line: Sendable {
        var waiting = Backlog<Duty>()
        var underWay = 0
    }

    private var lines: [Duty.Kind: Line] = [:]
    /// Those that wait, are under way or rest.
    private var known: Set<Duty> = []
    /// The next pauses of those that gave trouble.
    private var pauses: [Duty: Backoff] = [:]

    /// Adds a duty to the end of its line, unless it is known.
    mutating func add(_ duty: Duty) {
        guard known.insert(duty).inserted else { return }
        lines[duty.kind, default: Line()].waiting.append(duty)
    }

    /// The next duty for which there is a place, which it takes.
    mutating func begin() -> Duty? {
        for kind in Duty.Kind.allCases {
            guard lines[kind, default: Line()].underWay < Self.placesMax(kind),
                let duty = lines[kind]?.waiting.take(1).first
            else { continue }
            lines[kind]?.underWay += 1
            return duty
        }
        return nil
    }

    /// Forgets a duty that is done, and frees its place.
    mutating func end(_ duty: Duty) {
        known.remove(duty)
        pauses[duty] = nil
        leave(duty)
    }

    /// Frees the place of a duty that gives trouble.
    ///
    /// - Returns: how long it has to rest.
    mutating func rest(_ duty: Duty, _ first: Backoff) -> Duration {
        leave(duty)
        return pauses[duty, default: first].next()
    }

    /// Puts a duty that has rested at the end of its line.
    mutating func resume(_ duty: Duty) {
        lines[duty.kind, default: Line()].waiting.append(duty)
    }

    private mutating func leave(_ duty: Duty) {
        lines[duty.kind, default: Line()].underWay -= 1
    }

    private static func placesMax(_ kind: Duty.Kind) -> Int {
        switch kind {
        case .cancel: cancelsMax
        case .recover: recoveriesMax
        case .reconcile: reconciliationsMax
        case .verify: verificationsMax
        }
    }
}
