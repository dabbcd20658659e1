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
    /// Whether it takes no more jobs and is about to end.
    package var isDraining: Bool

    package init(
        id: String, kind: Kind, instance: String, keyFingerprint: String, servesAllKeys: Bool,
        pid: Int, host: String, version: String, startedAt: Timestamp, isDraining: Bool = false
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
        self.isDraining = isDraining
    }

    /// Whether it takes jobs of this instance and key.
    package func serves(instance: String, keyFingerprint: String) -> Bool {
        self.instance == instance && (servesAllKeys || self.keyFingerprint == keyFingerprint)
    }
}

/// What is known about a registered worker's life.
package struct Liveness: Sendable, Hashable {
    /// Whether its process runs; told by its file lock, or where that cannot be read by whether it
    /// was heard of in the last ``forgottenAfter``.
    package var isAlive: Bool
    /// The time since its last heartbeat; a suspended process is alive and silent.
    package var silence: Duration

    package init(isAlive: Bool, silence: Duration) {
        self.isAlive = isAlive
        self.silence = silence
    }

    /// How long a silent worker keeps its leases.
    package static let leaseTime: Duration = .seconds(15)
    /// How long a worker may be silent whose lock nobody can read before it counts as dead; longer
    /// than anything it could be sending.
    package static let forgottenAfter: Duration = .seconds(600)

    /// Whether its leases have run out.
    package var isSilent: Bool { silence > Self.leaseTime }
    /// Whether others may take over what it has, or some of it.
    package var isLost: Bool { !isAlive || isSilent }
}

extension WorkerRecord {
    /// Whether it takes jobs of this instance and key as long as it is in this state.
    package func isServing(
        instance: String, keyFingerprint: String, _ liveness: Liveness
    ) -> Bool {
        liveness.isAlive && !liveness.isSilent && !isDraining
            && serves(instance: instance, keyFingerprint: keyFingerprint)
    }
}
