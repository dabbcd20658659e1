package import Intake
package import JobStore
package import Jobs
package import KomodoClient
package import Logging
package import MCP
package import Redaction

/// Everything that the tools work with.
///
/// They talk to the worker through rows alone: they store requests and read what became of them.
package struct ToolContext: Sendable {
    /// The Komodo that operations go to.
    package struct Access: Sendable, Hashable {
        /// Its normalized URL or configured name.
        package var instance: String
        /// Fingerprint of the API key that jobs are asked with.
        package var keyFingerprint: String
        /// The base of Komodo's own pages, without a slash at its end.
        package var baseURL: String

        package init(instance: String, keyFingerprint: String, baseURL: String) {
            self.instance = instance
            self.keyFingerprint = keyFingerprint
            self.baseURL = baseURL
        }
    }

    package var store: any JobStore
    package var intake: JobIntake
    /// Nil when no Komodo is configured.
    package var komodo: (any KomodoAPI)?
    /// What the read tools ask; nil when no Komodo is configured.
    package var reads: (any KomodoReads)?
    /// Its ``ChangeFeed/run()`` is somebody else's to call.
    package var changes: ChangeFeed
    /// Nil when no Komodo is configured: jobs can then be looked at, and nothing can be run.
    package var access: Access?
    /// Who a transport's principal is.
    package var caller: @Sendable (Principal) -> Caller
    /// Sees to it that a worker lives which serves ``access``.
    ///
    /// Throws ``NobodyWorks`` when none does and that is left to others.
    package var ensureWorker: @Sendable () async throws -> Void
    package var redactor: Redactor
    package var clock: StoreClock
    package var logger: Logger
    /// Of this program.
    package var version: String
    package var selection: ToolSelection
    package var limits: TokenBucket.Limits
    /// How long a job may wait until it is sent.
    package var startWithin: Duration
    /// How long finished jobs are kept; nil for ever.
    package var retention: Duration?

    package init(
        store: any JobStore, intake: JobIntake, komodo: (any KomodoAPI)?,
        reads: (any KomodoReads)? = nil, changes: ChangeFeed, access: Access?,
        caller: @escaping @Sendable (Principal) -> Caller,
        ensureWorker: @escaping @Sendable () async throws -> Void, redactor: Redactor,
        clock: StoreClock = .system, logger: Logger, version: String,
        selection: ToolSelection = .all, limits: TokenBucket.Limits = TokenBucket.Limits(),
        startWithin: Duration = NewJob.startWithinDefault, retention: Duration? = nil
    ) {
        self.store = store
        self.intake = intake
        self.komodo = komodo
        self.reads = reads
        self.changes = changes
        self.access = access
        self.caller = caller
        self.ensureWorker = ensureWorker
        self.redactor = redactor
        self.clock = clock
        self.logger = logger
        self.version = version
        self.selection = selection
        self.limits = limits
        self.startWithin = startWithin
        self.retention = retention
    }

    /// ``access``, for what needs it.
    func requireAccess() throws(ToolFailure) -> Access {
        guard let access else {
            throw ToolFailure(
                .authError,
                "No Komodo is configured, so nothing can be run. Set KOMODO_URL, KOMODO_API_KEY "
                    + "and KOMODO_API_SECRET for this server.")
        }
        return access
    }

    /// ``reads``, for what needs them.
    func requireReads() throws(ToolFailure) -> any KomodoReads {
        _ = try requireAccess()
        guard let reads else {
            throw ToolFailure(
                .unsupportedOption, "This server's connection to Komodo cannot look things up.")
        }
        return reads
    }
}

/// The time of jobs; the protocol has a type of the same name.
typealias JobTime = Jobs.Timestamp

extension Jobs.Timestamp {
    /// The time in the protocol's type.
    var onWire: MCP.Timestamp { MCP.Timestamp(milliseconds: milliseconds) }
}

/// No worker is alive, and to start one is left to others.
package struct NobodyWorks: Error {
    package init() {}
}
