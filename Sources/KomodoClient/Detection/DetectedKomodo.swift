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

    private struct State {
        var dialect: KomodoDialect?
        /// Since when answers do not fit; nil while they do.
        var isDoubted = false
        var probedAt: Duration?
    }

    /// How long a doubt waits after the last look.
    private static let doubtInterval: Duration = .seconds(30)

    /// A client of the Komodo at `connection`.
    ///
    /// - Parameters:
    ///   - permit: asked before every HTTP request; the errors that it throws become the call's.
    ///   - observer: hears what answers show about limits that other processes share.
    ///   - fixed: the interface, where somebody has said which it is.
    ///   - remembered: what an earlier process found, as ``KomodoIdentity/remembered`` says it.
    package convenience init(
        connection: KomodoConnection, permit: @escaping RequestPermit,
        observer: @escaping KomodoObserver = { _ in }, logger: Logger,
        userAgent: String = "komodo-mcp", fixed: KomodoDialect? = nil, remembered: String? = nil
    ) {
        self.init(
            connection: connection, permit: permit, observer: observer, logger: logger,
            userAgent: userAgent, fixed: fixed, remembered: remembered, surroundings: .live)
    }

    /// A client whose clocks and random numbers come from `surroundings`.
    init(
        connection: KomodoConnection, permit: @escaping RequestPermit,
        observer: @escaping KomodoObserver, logger: Logger, userAgent: String,
        fixed: KomodoDialect? = nil, remembered: String?, surroundings: Surroundings
    ) {
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
        state = Mutex(State(dialect: fixed ?? known))
    }

    package var dialect: KomodoDialect? { state.withLock { $0.dialect } }

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
            defer { state = State(dialect: found, probedAt: moment) }
            return state.dialect
        }
        if let before, before != found {
            logger.notice(
                "Komodo has another interface now",
                metadata: [LogKey.komodoURL: "\(core.connection.url) (\(found.rawValue))"])
        }
        return found
    }

    private func client(of dialect: KomodoDialect) -> any KomodoAPI {
        switch dialect {
        case .core: core
        case .signed: signed
        }
    }

    /// Runs a call on the client that fits, and notes when its answer does not.
    func withClient<Value>(
        for purpose: TokenBucket.Purpose,
        _ call: (any KomodoAPI) async throws(KomodoError) -> Value
    ) async throws(KomodoError) -> Value {
        let client = try await client(for: purpose)
        do throws(KomodoError) {
            return try await call(client)
        } catch {
            if !isFixed, error.doubts(client.dialect) { state.withLock { $0.isDoubted = true } }
            throw error
        }
    }
}

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
        case .forbidden, .throttled, .budgetExhausted, .unreachable, .unsupported,
            .serverFault, .interrupted:
            false
        }
    }
}
