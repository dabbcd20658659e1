package import Jobs

/// A worker that is registered in the database.
package struct WorkerRecord: Sendable, Hashable {
    /// What started it.
    package enum Kind: String, Sendable, Hashable {
        case daemon, embedded
        case onDemand = "on_demand"
    }

    package var id: String
    package var kind: Kind
    package var instance: String
    package var keyFingerprint: String
    /// Whether it works for every key of its instance.
    package var servesAllKeys: Bool
    /// For people; whether it lives is told by its file lock.
    package var pid: Int
    package var host: String
    package var version: String
    package var startedAt: Timestamp

    package init(
        id: String, kind: Kind, instance: String, keyFingerprint: String, servesAllKeys: Bool,
        pid: Int, host: String, version: String, startedAt: Timestamp
    ) {
        self.id = id
        self.kind = kind
        self.instance = instance
        self.keyFingerprint = keyFingerprint
        self.servesAllKeys = servesAllKeys
        self.pid = pid
        self.host = host
        self.version = version
        self.startedAt = startedAt
    }

    /// Whether it takes jobs of this instance and key.
    package func serves(instance: String, keyFingerprint: String) -> Bool {
        self.instance == instance && (servesAllKeys || self.keyFingerprint == keyFingerprint)
    }
}

/// What is known about a registered worker's life.
package struct Liveness: Sendable, Hashable {
    /// Whether its process runs; told by its file lock, or by its heartbeat where that cannot be
    /// read.
    package var isAlive: Bool
    /// The time since its last heartbeat; a suspended process is alive and silent.
    package var silence: Duration

    /// How long a silent worker keeps its leases.
    package static let leaseTime: Duration = .seconds(15)
}
