private import Glibc

/// How many files this process may have open at a time.
package struct DescriptorLimit: Sendable, Hashable {
    /// What counts now.
    package var soft: UInt
    /// Up to where the process may raise it by itself.
    package var hard: UInt

    package init(soft: UInt, hard: UInt) {
        self.soft = soft
        self.hard = hard
    }

    /// Below this, something would fail at every turn.
    ///
    /// A worker has some 25 files open, and one more for each submission; a server, one more for
    /// each client.
    static let leastNeeded: UInt = 64
    /// Shells and service managers set 1,024 for the sake of select(2), which nothing here calls.
    static let soughtMax: UInt = 8_192

    /// The limit that a process with this one sets for itself.
    package var raised: DescriptorLimit {
        DescriptorLimit(soft: max(soft, min(hard, Self.soughtMax)), hard: hard)
    }

    /// What is wrong with the limit and what to do; nil when there are enough.
    package var shortage: String? {
        guard soft < Self.leastNeeded else { return nil }
        return "Only \(soft) files may be open at a time, and at least \(Self.leastNeeded) are "
            + "needed; raise the limit with 'ulimit -n' or LimitNOFILE=."
    }
}

extension DescriptorLimit {
    /// Raises the limit of this process as far as that makes sense.
    ///
    /// - Returns: what counts from now on; nil when the system does not tell.
    package static func raise() -> DescriptorLimit? {
        guard let current else { return nil }
        let raised = current.raised
        guard raised != current else { return current }
        var values = rlimit(rlim_cur: raised.soft, rlim_max: raised.hard)
        return setrlimit(files, &values) == 0 ? raised : current
    }

    /// The limit of this process.
    package static var current: DescriptorLimit? {
        var values = rlimit()
        guard getrlimit(files, &values) == 0 else { return nil }
        return DescriptorLimit(soft: values.rlim_cur, hard: values.rlim_max)
    }

    private static let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
}
