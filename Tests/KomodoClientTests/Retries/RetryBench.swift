import JSON
import Jobs
import ScriptedHTTP
import Synchronization
import Testing

@testable import KomodoClient

/// A client and what it meets, for the rules of trying again.
enum RetryBench {
    /// What a call came to.
    struct Report: Sendable {
        /// `ok`, the code of a read's error, or what a submission came to.
        var outcome: String
        /// The HTTP status that is passed on.
        var status: Int?
        /// The tokens that were taken, one for each try of a read.
        var tokens: [TokenBucket.Purpose]
        /// The waits between tries.
        var waits: [Duration]
        /// How often the gate of a submission was asked.
        var asked: Int
        var received: ScriptedServer.Record
    }

    static let countMax = 3

    /// Makes the call against what `row` names, and then whatever `after` says for later requests.
    static func run(
        _ row: RetryRow, then after: [ScriptedServer.Action]? = nil
    ) async throws -> Report {
        switch row.komodo.kind {
        case .does(let actions):
            let script =
                after.map { ScriptedServer.Script.inTurn([actions, actions, $0]) }
                ?? ScriptedServer.Script(onRequest: { _ in actions })
            let server = try await ScriptedServer.start(script)
            let report = try await call(row, at: server.url) { server.received }
            try await server.stop()
            return report
        case .refuses:
            // Nothing listens on a port that only the system may use.
            return try await call(row, at: "http://127.0.0.1:1") { .init() }
        case .stranger:
            let authority = try await TestAuthority()
            let server = try await ScriptedServer.start(
                .answer(200, isBusy), tls: authority.server("IP:127.0.0.1"))
            let report = try await call(row, at: server.url) { server.received }
            try await server.stop()
            return report
        case .handshake(let text?):
            let talker = try await ScriptedTalker.start(text)
            let report = try await call(row, at: "https://127.0.0.1:\(talker.port)") { .init() }
            try await talker.stop()
            return report
        case .handshake(nil):
            let server = try await ScriptedServer.start(.always())
            let report = try await call(row, at: "https://127.0.0.1:\(server.port)") {
                server.received
            }
            try await server.stop()
            return report
        }
    }

    /// Says in both interfaces that something runs on the target.
    static let isBusy = #"{"id":"\#(testID)","name":"web","status":"deploying","deploying":true}"#

    private static func call(
        _ row: RetryRow, at url: String, _ received: () -> ScriptedServer.Record
    ) async throws -> Report {
        var connection = testConnection(url, retries: countMax)
        connection.retry = policy
        if row.komodo.isSilent {
            // Only what is waited for in vain is short.
            if row.komodo.isHeard {
                connection.requestTimeout = .seconds(3)
            } else {
                connection.connectTimeout = .milliseconds(400)
            }
        }
        let clock = RetryClock()
        let witness = Witness()
        let asked = Tally()
        let (outcome, status): (String, Int?) = try await withAPI(
            row.dialect, connection, witness: witness, surroundings: clock.surroundings()
        ) { client in
            switch row.call {
            case .read:
                let error = await error(ofReading: client)
                return (error?.code.word ?? "ok", error?.status)
            case .submission:
                let result = await client.submit(submission()) {
                    asked.add()
                    return true
                }
                return (kind(result.outcome), result.status)
            }
        }
        return Report(
            outcome: outcome, status: status, tokens: witness.permits, waits: clock.waits,
            asked: asked.count,
            received: received())
    }

    /// Why the target's state cannot be read; nil when it can.
    static func error(ofReading client: any KomodoAPI) async -> KomodoError? {
        do throws(KomodoError) {
            let isBusy = try await client.isBusy(submission().target)
            #expect(isBusy)
            return nil
        } catch {
            return error
        }
    }

    /// The code of the error, or `ok`.
    static func outcome(ofReading client: any KomodoAPI) async -> String {
        await error(ofReading: client)?.code.word ?? "ok"
    }

    static let policy = RetryPolicy(delay: .seconds(1), countMax: countMax)
}

/// A clock on which the waits between tries pass at once, and all others as they do.
final class RetryClock: Sendable {
    private struct State {
        var waits: [Duration] = []
        var skipped = Duration.zero
        var signings: Int64 = 0
    }

    private let state = Mutex(State())
    private let random: UInt64
    private let policy: RetryPolicy

    init(random: UInt64 = 0, policy: RetryPolicy = RetryBench.policy) {
        self.random = random
        self.policy = policy
    }

    /// The waits between tries so far.
    var waits: [Duration] { state.withLock { $0.waits } }

    func advance(by duration: Duration) { state.withLock { $0.skipped += duration } }

    /// Every look at the time of day is a second later, so that no two signatures are of the same
    /// second.
    func surroundings() -> Surroundings {
        var surroundings = Surroundings.live
        let (now, wallClock, sleep) = (
            surroundings.now, surroundings.wallClock, surroundings.sleep
        )
        let random = random
        let known = Set(
            (1...20).map { policy.wait(failures: $0, random: random) })
        surroundings.now = { now() + self.state.withLock { $0.skipped } }
        surroundings.wallClock = {
            wallClock()
                + .seconds(
                    self.state.withLock { state in
                        state.signings += 1
                        return state.signings
                    })
        }
        surroundings.random = { random }
        surroundings.sleep = { duration in
            guard known.contains(duration) else { return try await sleep(duration) }
            self.state.withLock { state in
                state.waits.append(duration)
                state.skipped += duration
            }
        }
        return surroundings
    }
}

/// Runs `body` with a client of either interface and shuts the client down after it.
func withAPI<Value>(
    _ dialect: KomodoDialect, _ connection: KomodoConnection, witness: Witness = Witness(),
    surroundings: Surroundings = .live, permit: RequestPermit? = nil,
    _ body: (any KomodoAPI) async throws -> Value
) async throws -> Value {
    switch dialect {
    case .core:
        try await withClient(
            connection, witness: witness, surroundings: surroundings, permit: permit,
            { try await body($0) })
    case .signed:
        try await withSigned(
            connection, witness: witness, surroundings: surroundings, permit: permit,
            { try await body($0) })
    }
}
