import JobStore
import Jobs
import Testing

/// A store with what the conformance suite needs to steer the world around it.
struct StoreUnderTest: Sendable {
    let store: any JobStore
    let clock: TestClock
    /// Opens the same data as another process would.
    let another: @Sendable () async throws -> any JobStore
    /// Starts a sign of life of a worker's process; the process is dead once it is let go.
    let start: @Sendable (_ worker: String) throws -> any AnyObject & Sendable
    /// Makes it impossible to tell whether a worker's process lives.
    let hide: @Sendable (_ worker: String) throws -> Void
}

/// How to make a store for one test; a second implementation adds itself to `all` and passes every
/// suite in this folder's `Conformance`.
struct StoreFactory: Sendable, CustomTestStringConvertible {
    let name: String
    let make: @Sendable () async throws -> StoreUnderTest

    var testDescription: String { name }

    static let all: [StoreFactory] = [.sqlite]
}
