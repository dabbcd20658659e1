import JSON
import Jobs
import Logging
import Redaction
import Synchronization
import Testing

@testable import KomodoClient

/// What a test client was given and what it told.
final class Witness: Sendable {
    private let state = Mutex((permits: [TokenBucket.Purpose](), signals: [KomodoSignals]()))

    /// The tokens that were taken.
    var permits: [TokenBucket.Purpose] { state.withLock { $0.permits } }
    /// What the observer heard.
    var signals: [KomodoSignals] { state.withLock { $0.signals } }

    func note(_ purpose: TokenBucket.Purpose) { state.withLock { $0.permits.append(purpose) } }
    func note(_ signals: KomodoSignals) { state.withLock { $0.signals.append(signals) } }
}

/// A clock that moves when it is told to; sleeping on it moves it.
final class TestClock: Sendable {
    private let moment = Mutex(Duration.seconds(1_000))

    var now: Duration { moment.withLock { $0 } }
    func advance(by duration: Duration) { moment.withLock { $0 += duration } }

    /// Surroundings in which pauses of up to `patience` pass at once and longer ones for real, so
    /// that deadlines stay out of the way of retries.
    func surroundings(patience: Duration = .seconds(10)) -> Surroundings {
        var surroundings = Surroundings.live
        surroundings.now = { self.now }
        surroundings.sleep = { duration in
            guard duration > patience else { return self.advance(by: duration) }
            try await Task.sleep(for: duration)
        }
        surroundings.random = { 0 }
        return surroundings
    }
}

extension Surroundings {
    /// Surroundings in which every look at the clock takes that long.
    static func slow(everyLook step: Duration) -> Surroundings {
        let clock = TestClock()
        var surroundings = Surroundings.live
        surroundings.now = {
            clock.advance(by: step)
            return clock.now
        }
        return surroundings
    }

    /// Surroundings in which time passes `factor` times as fast.
    static func hurried(_ factor: Int) -> Surroundings {
        var surroundings = Surroundings.live
        let now = surroundings.now
        surroundings.now = { now() * factor }
        surroundings.sleep = { try await Task.sleep(for: $0 / factor) }
        return surroundings
    }
}

let testKey = "K_key8f3a_K"
let testSecret = "S_secret77aa_S"
let testID = "64b7f0a1c2d3e4f5a6b7c8d9"
let otherID = "64b7f0a1c2d3e4f5a6b7c8da"

/// A connection for tests: quick retries, generous deadlines.
func testConnection(
    _ url: String, request: Duration = .seconds(40), connect: Duration = .seconds(20),
    total: Duration = .seconds(60), retries: Int = 2
) -> KomodoConnection {
    KomodoConnection(
        url: url, apiKey: Secret(testKey), apiSecret: Secret(testSecret), requestTimeout: request,
        connectTimeout: connect, totalTimeout: total,
        retry: RetryPolicy(
            delay: .milliseconds(2), delayMax: .milliseconds(4), countMax: retries))
}

/// Runs `body` with a client and shuts the client down after it.
func withClient<Value>(
    _ connection: KomodoConnection, witness: Witness = Witness(),
    surroundings: Surroundings = .live,
    permit: RequestPermit? = nil, knownVersion: KomodoVersion? = KomodoVersion(2, 3, 2),
    _ body: (CoreKomodo) async throws -> Value
) async throws -> Value {
    let client = CoreKomodo(
        connection: connection,
        permit: permit ?? { purpose in witness.note(purpose) },
        observer: { signals in witness.note(signals) },
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        userAgent: "komodo-mcp/1.2.3", knownVersion: knownVersion, surroundings: surroundings)
    do {
        let value = try await body(client)
        await client.shutdown()
        return value
    } catch {
        await client.shutdown()
        throw error
    }
}

/// Waits until `condition` holds.
func eventually(
    _ what: Comment, limit: Duration = .seconds(60), _ condition: () -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let end = ContinuousClock.now + limit
    while !condition() {
        try #require(ContinuousClock.now < end, what, sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// Waits until `condition` holds or a generous time is over, for use inside gates.
func patiently(limit: Duration = .seconds(25), _ condition: () -> Bool) async {
    let end = ContinuousClock.now + limit
    while !condition(), ContinuousClock.now < end {
        // Gates are not cancelled; should one be, it only looks more often.
        try? await Task.sleep(for: .milliseconds(1))
    }
}

/// A submission of `operation` on a resolved target.
func submission(_ operation: JobOperation = .deploy, arguments: JSONObject = [:]) -> Submission {
    let target = Target(type: operation.spec.targetType, id: testID, name: "web")
    return Submission(operation: operation, target: target, arguments: arguments)
}

/// An update as Core answers it.
func updateText(
    id: String? = testID, operation: String = "Deploy", status: String = "InProgress",
    success: Bool = true, logs: String = "[]"
) -> String {
    let identity = id.map { "\"_id\":{\"$oid\":\"\($0)\"}," } ?? ""
    return "{\(identity)\"operation\":\"\(operation)\",\"start_ts\":1700000000000,"
        + "\"success\":\(success),\"operator\":\"\(otherID)\","
        + "\"target\":{\"type\":\"Deployment\",\"id\":\"\(testID)\"},\"logs\":\(logs),"
        + "\"end_ts\":null,\"status\":\"\(status)\"}"
}

/// The outcome without its words.
func kind(_ outcome: SubmissionOutcome) -> String {
    switch outcome {
    case .accepted(.update): "accepted"
    case .accepted(.state): "accepted/state"
    case .concluded(_, let outcome):
        switch outcome {
        case .succeeded: "concluded/succeeded"
        case .failed: "concluded/failed"
        case .busy: "concluded/busy"
        case .notStarted: "concluded/notStarted"
        case .cancelled: "concluded/cancelled"
        case .interrupted: "concluded/interrupted"
        case .unknown: "concluded/unknown"
        }
    case .undelivered: "undelivered"
    case .rejected: "rejected"
    case .throttled: "throttled"
    case .unauthorized: "unauthorized"
    case .unavailable: "unavailable"
    case .busy: "busy"
    case .ambiguous: "ambiguous"
    case .withheld: "withheld"
    }
}
