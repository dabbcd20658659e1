internal import JSON

/// Everything that Core knows, as one value that is changed under one lock.
///
/// Methods decide and record; what has to happen outside (events to send, runs to follow) is left
/// in ``effects`` for the caller to carry out.
struct CoreState: Sendable {
    let options: SimulatorOptions
    let version: CoreVersion
    let markup: Markup
    let clock: SimulatorClock
    var world: World
    var updates: UpdateStore
    var active = ActionStates()
    var limiter: AuthLimiter
    var faults: FaultEngine
    var book = LedgerBook()
    var signed = SignedBook()
    /// Executions under way, by a number of their own.
    var runs: [Int: ActiveRun] = [:]
    /// The numbers of runs by the id of their update.
    var runByUpdate: [String: Int] = [:]
    var nextRun = 1
    /// Executions whose log shows this text stand still; nil holds none.
    var heldAt: String?
    /// How often Core was restarted.
    var restarts = 0
    /// When this Core came up, for resources that are busy at first.
    var startedAt: ContinuousClock.Instant
    var effects: [Effect] = []
    private var idCount = 0
    private var lastStart: Int64 = 0

    /// Something that the caller has to do after a change.
    enum Effect: Sendable {
        /// Follow the run of this number.
        case follow(Int)
        /// Send an update list item to everybody who may see its target.
        case event(item: String, isRestricted: Bool)
    }

    init(options: SimulatorOptions) {
        self.options = options
        version = CoreVersion(options.version) ?? .newest
        markup = Markup(isStyled: version.isTwo)
        clock = SimulatorClock(offset: options.clockOffset)
        world = World(extraDeployments: options.extraDeployments)
        updates = UpdateStore(capacity: options.updatesMax)
        limiter = AuthLimiter(attemptsMax: options.authAttemptsMax, window: options.authWindow)
        faults = FaultEngine(options.faults, seed: options.seed)
        startedAt = ContinuousClock.now
    }

    /// Whether logins meet a database that is down.
    var isDatabaseDown: Bool { faults.isDatabaseDown }

    /// A new object id: seconds, then this Core's seed, then a count.
    mutating func newID() -> String {
        idCount += 1
        let seconds = String(UInt32(truncatingIfNeeded: clock.now / 1000), radix: 16)
        let count = String(idCount & 0xFF_FFFF, radix: 16)
        let middle = SeededRandom.hex("core/\(options.seed)", digits: 10)
        return String(repeating: "0", count: 8 - seconds.count) + seconds + middle
            + String(repeating: "0", count: 6 - count.count) + count
    }

    /// The start of a new update: never before that of an earlier one.
    mutating func newStart() -> Int64 {
        lastStart = max(lastStart, clock.now)
        return lastStart
    }

    /// Scales a duration given in milliseconds.
    func scaled(_ milliseconds: Int) -> Duration {
        .microseconds(Int64(Double(milliseconds) * 1000 * max(options.timeScale, 0)))
    }

    /// What is peculiar about a resource now: the script wins over the seeded world.
    func behaviour(of resource: WorldResource) -> Behaviour {
        Self.merge(resource.behaviour, faults.behaviour(of: resource))
    }

    /// The seeded behaviour changed by a scripted one.
    static func merge(_ seeded: Behaviour, _ scripted: ResourceFault.Behaviour?) -> Behaviour {
        var behaviour = seeded
        switch scripted {
        case .forbidden: behaviour.isForbidden = true
        case .fails: behaviour.fails = true
        case .hangs: behaviour.hangs = true
        case .unhealthy: behaviour.stateAfterDeploy = "unhealthy"
        case .succeeds:
            behaviour = Behaviour()
            behaviour.change = seeded.change
        case .busy, .offline, .vanishes, .lost, .missing, .ignores, nil: break
        }
        return behaviour
    }

    /// Whether `user` may see and run a resource.
    func isOpen(_ resource: WorldResource, to user: Operator) -> Bool {
        !(user.isRestricted && behaviour(of: resource).isForbidden)
    }

    /// Core's refusal of a resource.
    func permissionText(_ resource: WorldResource, _ level: String) -> String {
        "User does not have required permissions on this \(resource.kind.rawValue). "
            + "Must have at least \(level) permissions"
    }

    /// The resource that a request names.
    func resolve(_ kind: ResourceKind, _ idOrName: String) throws(Reply) -> WorldResource {
        guard !idOrName.isEmpty else {
            throw .error(500, "Cannot find \(kind.rawValue) with empty name / id")
        }
        guard let resource = world.find(kind, idOrName), faults.behaviour(of: resource) != .missing
        else {
            let start = version.isTwo ? "Did" : "did"
            throw .error(500, "\(start) not find any \(kind.rawValue) matching \(idOrName)")
        }
        return resource
    }

    /// Leaves an event for an update to be sent.
    mutating func announce(_ updateID: String) {
        guard let record = updates[updateID] else { return }
        let item = record.listItem(username: Operator.username(of: record.operatorID))
        let isRestricted = world[record.target.id].map { behaviour(of: $0).isForbidden } ?? false
        effects.append(.event(item: item.serialized(), isRestricted: isRestricted))
    }

    /// Takes what has to be done outside.
    mutating func takeEffects() -> [Effect] {
        defer { effects = [] }
        return effects
    }

    /// Comes up again: whatever was in progress is complete and failed, locks are gone.
    mutating func restart() {
        restarts += 1
        runs = [:]
        runByUpdate = [:]
        active.removeAll()
        limiter.removeAll()
        startedAt = ContinuousClock.now
        let log = UpdateLog.error(
            "Komodo shutdown",
            "Komodo shutdown during execution. If this is a build, the builder may not have been "
                + "terminated.", at: clock.now)
        updates.modifyInProgress { record in
            record.status = .complete
            record.success = false
            record.logs.append(log)
        }
    }

    /// Back to the seeded world, without updates, ledger, faults or failed logins.
    mutating func reset() {
        var fresh = CoreState(options: options)
        fresh.faults = FaultEngine(FaultScript(), seed: options.seed)
        fresh.idCount = idCount
        fresh.nextRun = nextRun
        self = fresh
    }
}
