internal import JSON

/// What is going on with every resource: Core's in-memory locks, lost when it restarts.
struct ActionStates: Sendable {
    private var counts: [String: [String: Int]] = [:]

    /// Marks one more run of `state` on a resource.
    mutating func begin(_ state: String, on id: String) {
        counts[id, default: [:]][state, default: 0] += 1
    }

    /// Marks the end of a run.
    mutating func end(_ state: String, on id: String) {
        guard let count = counts[id]?[state] else { return }
        counts[id]?[state] = count > 1 ? count - 1 : nil
        if counts[id]?.isEmpty == true { counts[id] = nil }
    }

    /// Forgets everything.
    mutating func removeAll() {
        counts = [:]
    }

    /// Whether a new execution is refused; pulls of deployments and stacks do not count.
    func isBusy(_ resource: WorldResource) -> Bool {
        guard let active = counts[resource.id], resource.kind != .action else { return false }
        let isPullFree = resource.kind == .deployment || resource.kind == .stack
        return active.keys.contains { !(isPullFree && $0 == "pulling") }
    }

    /// How many runs of `state` there are.
    func count(_ state: String, on id: String) -> Int {
        counts[id]?[state] ?? 0
    }

    /// The answer to `Get…ActionState`.
    func json(_ resource: WorldResource, version: CoreVersion) -> JSONValue {
        var object: JSONObject = [:]
        for name in Self.names(resource.kind, version: version) {
            let count = count(name, on: resource.id)
            let isCounter =
                resource.kind == .action
                || (resource.kind == .server && name.hasSuffix("ing_containers")
                    && !name.hasPrefix("pruning") && version.isTwoThree)
            object[name] = isCounter ? .int(count) : .bool(count > 0)
        }
        return .object(object)
    }

    private static func names(_ kind: ResourceKind, version: CoreVersion) -> [String] {
        let life = [
            "deploying", "starting", "restarting", "pausing", "unpausing", "stopping", "destroying",
        ]
        switch kind {
        case .deployment:
            return ["pulling"] + life + ["renaming"] + (version.isTwo ? ["updating"] : [])
        case .stack: return ["pulling"] + life
        case .build: return ["building"]
        case .repo: return ["cloning", "pulling", "building", "renaming"]
        case .procedure, .action: return ["running"]
        case .resourceSync: return ["syncing"]
        case .server:
            let pruning = [
                "networks", "containers", "images", "volumes", "builders", "buildx", "system",
            ]
            let verbs = ["starting", "restarting", "pausing", "unpausing", "stopping"]
            return pruning.map { "pruning_\($0)" } + verbs.map { "\($0)_containers" }
                + (version.isTwoThree ? ["destroying_containers"] : [])
        case .system, .builder: return []
        }
    }
}
