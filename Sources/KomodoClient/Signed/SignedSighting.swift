internal import Jobs

/// What this process has seen of one accepted run, from its own reads alone.
struct SignedSighting: Sendable, Hashable {
    /// Komodo's word for the resource at the last read.
    private(set) var word: String?
    /// Since when the resource rests in this state, as reads show of which none failed; nil while it
    /// is at work.
    private(set) var restsSince: Duration?
    /// Whether the resource has been at work since the run was accepted.
    private(set) var hasBeenAtWork = false
    /// Whether a server has been elsewhere than where the order leads.
    private(set) var hasBeenAway = false
    private(set) var lastReadAt: Duration

    /// Reads that are farther apart do not count as one stretch.
    private static let gapMax: Duration = .seconds(120)

    init(at now: Duration) {
        lastReadAt = now
    }

    /// Takes note of one read.
    ///
    /// - Parameters:
    ///   - goal: the state of a server that the order leads to, if it leads to one.
    ///   - now: on the client's own clock, which no correction of the time of day disturbs.
    mutating func saw(_ word: String?, isAtWork: Bool, goal: String?, at now: Duration) {
        if self.word != word || now - lastReadAt > Self.gapMax { restsSince = nil }
        self.word = word
        lastReadAt = now
        if isAtWork {
            restsSince = nil
            hasBeenAtWork = true
        } else {
            restsSince = restsSince ?? now
        }
        if let goal, isAtWork || word?.lowercased() != goal { hasBeenAway = true }
    }

    /// A read failed, so that nobody knows what happened meanwhile.
    mutating func interrupt() {
        restsSince = nil
    }

    /// How long the resource has rested in this state.
    var restTime: Duration { restsSince.map { lastReadAt - $0 } ?? .zero }
}

/// What this process remembers of runs and of resources that rest as `pending`.
///
/// All of it may be forgotten at any time: then a wait begins anew.
struct SignedMemory: Sendable {
    private struct Place: Sendable, Hashable {
        let type: TargetType
        let id: String
    }

    private struct Pending: Sendable {
        let changedAt: Timestamp?
        let since: Duration
    }

    private var sightings: [RemoteRun: SignedSighting] = [:]
    private var pending: [Place: Pending] = [:]

    /// Runs and places that are remembered.
    private static let entriesMax = 10_000

    /// Takes note of one read of a run's resource.
    mutating func see(
        _ run: RemoteRun, _ word: String?, isAtWork: Bool, at now: Duration
    ) -> SignedSighting {
        if sightings.count >= Self.entriesMax { forgetOldest() }
        var sighting = sightings[run] ?? SignedSighting(at: now)
        sighting.saw(
            word, isAtWork: isAtWork, goal: SignedStatus.goal(of: run.operation), at: now)
        sightings[run] = sighting
        return sighting
    }

    /// The resources of these runs could not be read.
    mutating func interrupt(_ runs: [RemoteRun]) {
        for run in runs { sightings[run]?.interrupt() }
    }

    /// For how long a resource has been seen as `pending` without any change.
    mutating func pendingTime(
        _ target: Target, changedAt: Timestamp?, at now: Duration
    ) -> Duration {
        let place = Place(type: target.type, id: target.id ?? target.name)
        if let known = pending[place], known.changedAt == changedAt { return now - known.since }
        if pending.count >= Self.entriesMax { pending = [:] }
        pending[place] = Pending(changedAt: changedAt, since: now)
        return .zero
    }

    /// A resource is not `pending`.
    mutating func isNotPending(_ target: Target) {
        pending[Place(type: target.type, id: target.id ?? target.name)] = nil
    }

    private mutating func forgetOldest() {
        let oldest = sightings.sorted { $0.value.lastReadAt < $1.value.lastReadAt }
        for (run, _) in oldest.prefix(sightings.count / 2) { sightings[run] = nil }
    }
}
