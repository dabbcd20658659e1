/// The script in force, with what each of its entries has met so far.
struct FaultEngine: Sendable {
    private var rules: [ActiveRule] = []
    private var resources: [ActiveResource] = []
    private var random: SeededRandom
    /// The faults of the websocket.
    private(set) var websocket = SocketFault()
    /// Whether every login meets a database that is down.
    private(set) var isDatabaseDown = false

    private struct ActiveRule {
        let rule: FaultRule
        var matched = 0
        var fired = 0
    }

    private struct ActiveResource {
        let fault: ResourceFault
        let since: ContinuousClock.Instant
        var met = 0

        func isActive(at now: ContinuousClock.Instant) -> Bool {
            (fault.times.map { met < $0 } ?? true) && (fault.lasts.map { now < since + $0 } ?? true)
        }
    }

    init(_ script: FaultScript, seed: UInt64) {
        random = SeededRandom(seed: seed, purpose: "faults")
        apply(script)
    }

    /// Puts a script in force, or adds it to the one in force.
    mutating func apply(_ script: FaultScript) {
        if !script.appends {
            rules = []
            resources = []
        }
        let now = ContinuousClock.now
        let room = FaultScript.entriesMax
        rules += script.rules.prefix(max(0, room - rules.count)).map { ActiveRule(rule: $0) }
        resources += script.resources.prefix(max(0, room - resources.count)).map {
            ActiveResource(fault: $0, since: now)
        }
        websocket = script.websocket
        isDatabaseDown = script.isDatabaseDown
    }

    /// Whether any rule has to be tried.
    var hasRules: Bool { !rules.isEmpty }

    /// What happens to a request: the action of the first rule that fires.
    mutating func decide(_ facts: RequestFacts) -> FaultAction? {
        for index in rules.indices where rules[index].rule.selects(facts) {
            rules[index].matched += 1
            guard fires(index) else { continue }
            rules[index].fired += 1
            return rules[index].rule.action
        }
        return nil
    }

    /// What is scripted for a resource now.
    func behaviour(of resource: WorldResource) -> ResourceFault.Behaviour? {
        index(of: resource).map { resources[$0].fault.behaviour }
    }

    /// What is scripted for an execution that begins; counts it.
    mutating func meet(_ resource: WorldResource) -> ResourceFault.Behaviour? {
        guard let index = index(of: resource) else { return nil }
        resources[index].met += 1
        return resources[index].fault.behaviour
    }

    private func index(of resource: WorldResource) -> Int? {
        guard !resources.isEmpty else { return nil }
        let now = ContinuousClock.now
        return resources.firstIndex {
            $0.fault.name == resource.name && $0.isActive(at: now)
                && ($0.fault.type == nil || $0.fault.type == resource.kind.rawValue)
        }
    }

    private mutating func fires(_ index: Int) -> Bool {
        let active = rules[index]
        if let times = active.rule.times, active.fired >= times { return false }
        if let nth = active.rule.nth, active.matched != nth { return false }
        if let every = active.rule.every, !active.matched.isMultiple(of: every) { return false }
        if let probability = active.rule.probability, random.fraction() >= probability {
            return false
        }
        return true
    }
}
