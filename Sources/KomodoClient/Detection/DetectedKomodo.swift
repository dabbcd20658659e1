internal import JSON
internal import Jobs
package import Logging
internal import Synchronization

/// A Komodo whose interface is found out with the first call, and looked for again when it stops
/// fitting.
package final class DetectedKomodo: KomodoAPI, Sendable {
    private let core: CoreKomodo
    private let signed: SignedKomodo
    private let probe: DialectProbe
    private let logger: Logger
    private let now: @Sendable () -> Duration
    /// Whether somebody has said which interface it is, so that nothing is looked for.
    private let isFixed: Bool
    private let state: Mutex<State>
    private let fetch = SharedFetch<TokenBucket.Purpose, KomodoDialect>()
    private let note: InterfaceNote

    private struct State {
        var dialect: KomodoDialect?
        /// Whether answers did not fit since the last look.
        var isDoubted = false
        var probedAt: Duration?
        /// What was noted for the next process.
        var noted: String?
    }

    /// How long a doubt waits after the last look.
    private static let doubtInterval: Duration = .seconds(30)

    /// A client of the Komodo at `connection`.
    ///
    /// - Parameters:
    ///   - permit: asked before every HTTP request; the errors that it throws become the call's.
    ///   - observer: hears what answers show about limits that other processes share.
    ///   - fixed: the interface, where somebody has said which it is.
    ///   - remembered: what an earlier process noted about this URL.
    ///   - note: keeps what is found out about this URL for the next process.
    package convenience init(
        connection: KomodoConnection, permit: @escaping RequestPermit,
        observer: @escaping KomodoObserver = { _ in }, logger: Logger,
        userAgent: String = "komodo-mcp", fixed: KomodoDialect? = nil, remembered: String? = nil,
        note: @escaping InterfaceNote = { _ in }
    ) {
        self.init(
            connection: connection, permit: permit, observer: observer, logger: logger,
            userAgent: userAgent, fixed: fixed, remembered: remembered, note: note,
            surroundings: .live)
    }

    /// A client whose clocks and random numbers come from `surroundings`.
    init(
        connection: KomodoConnection, permit: @escaping RequestPermit,
        observer: @escaping KomodoObserver, logger: Logger, userAgent: String,
        fixed: KomodoDialect? = nil, remembered: String?,
        note: @escaping InterfaceNote = { _ in }, surroundings: Surroundings
    ) {
        self.note = note
        let version = remembered.flatMap { KomodoVersion($0) }
        core = CoreKomodo(
            connection: connection, permit: permit, observer: observer, logger: logger,
            userAgent: userAgent, knownVersion: version, surroundings: surroundings)
        signed = SignedKomodo(
            connection: connection, permit: permit, observer: observer, logger: logger,
            userAgent: userAgent, surroundings: surroundings)
        probe = DialectProbe(core: core, signed: signed)
        self.logger = logger
        now = surroundings.now
        let known = version == nil ? remembered.flatMap { KomodoDialect(rawValue: $0) } : .core
        isFixed = fixed != nil
        state = Mutex(State(dialect: fixed ?? known, noted: remembered))
    }

    package var dialect: KomodoDialect? { state.withLock { $0.dialect } }

    package var updateFeed: (any UpdateFeed)? { dialect.flatMap { client(of: $0).updateFeed } }

    /// Closes all connections; calls that are under way end as cancelled.
    package func shutdown() async {
        await core.shutdown()
        await signed.shutdown()
    }

    // MARK: Choosing

    /// The client that fits, found out if need be.
    func client(
        for purpose: TokenBucket.Purpose
    ) async throws(KomodoError) -> any KomodoAPI {
        let moment = now()
        let (known, mustProbe) = state.withLock { state in
            let isRested = state.probedAt.map { moment - $0 >= Self.doubtInterval } ?? true
            return (state.dialect, state.dialect == nil || (state.isDoubted && isRested))
        }
        if let known, !mustProbe { return client(of: known) }
        do throws(KomodoError) {
            return client(of: try await look(for: purpose))
        } catch {
            // What fitted before may again.
            guard let known else { throw error }
            state.withLock { $0.probedAt = moment }
            return client(of: known)
        }
    }

    private func look(for purpose: TokenBucket.Purpose) async throws(KomodoError) -> KomodoDialect {
        let found = try await fetch.value(for: purpose) { () throws(KomodoError) in
            try await self.probe.run(for: purpose)
        }
        let moment = now()
        let before = state.withLock { state in
            defer { state = State(dialect: found, probedAt: moment, noted: state.noted) }
            return state.dialect
        }
        if before != found { await remember(found.rawValue) }
        if let before, before != found {
            logger.notice(
                "Komodo has another interface now",
                metadata: [LogKey.komodoURL: "\(core.connection.url) (\(found.rawValue))"])
        }
        return found
    }

    /// The client that speaks `dialect`.
    func client(of dialect: KomodoDialect) -> any KomodoAPI {
        switch dialect {
        case .core: core
        case .signed: signed
        }
    }

    /// Keeps for the next process what has answered at this URL, once.
    func remember(_ found: String) async {
        guard !isFixed else { return }
        let isNew = state.withLock { state in
            defer { state.noted = found }
            return state.noted != found
        }
        if isNew { await note(found) }
    }

    /// Runs a call on the client that fits, and on the other one if that turns out to fit.
    func withClient<Value>(
        for purpose: TokenBucket.Purpose,
        _ call: (any KomodoAPI) async throws(KomodoError) -> Value
    ) async throws(KomodoError) -> Value {
        let client = try await client(for: purpose)
        do throws(KomodoError) {
            return try await call(client)
        } catch {
            guard error.doubts(client.dialect),
                let other = await replacement(of: client, for: purpose)
            else { throw error }
            return try await call(other)
        }
    }

    /// The client that fits instead of one whose answers do not; nil when it is the same.
    func replacement(
        of client: any KomodoAPI, for purpose: TokenBucket.Purpose
    ) async -> (any KomodoAPI)? {
        guard !isFixed else { return nil }
        state.withLock { $0.isDoubted = true }
        // Who cannot look now stays with what fitted before.
        let other = try? await self.client(for: purpose)
        return other?.dialect == client.dialect ? nil : other
    }
}

/// Keeps what was found out about the interface at a URL: as ``KomodoIdentity/remembered`` says it,
/// or the name of the dialect alone.
package typealias InterfaceNote = @Sendable (_ found: String) async -> Void

extension KomodoError {
    /// Whether what answered may speak another interface than this one.
    fileprivate func doubts(_ dialect: KomodoDialect?) -> Bool {
        let isStrange = status == 404 || status == 405
        return switch code {
        // Another interface at this address does not know the key in the form that it was sent.
        case .malformed, .unauthorized: true
        case .invalid: isStrange
        // Core says so with another status.
        case .notFound: isStrange && dialect == .core
        case .forbidden, .throttled, .budgetExhausted, .unreachable, .timedOut, .unsupported,
            .serverFault, .interrupted:
            false
        }
    }
}
