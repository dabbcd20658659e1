internal import JobStore

/// The tokens that were read last, and since when they cannot be read.
struct TokenMemory {
    private(set) var tokens: [AccessToken]
    private var failure: (since: ContinuousClock.Instant, error: any Error)?

    /// How long tokens count that cannot be read again: a removed one must not live on for ever.
    static let ageMax: Duration = .seconds(30)

    init(_ tokens: [AccessToken]) {
        self.tokens = tokens
    }

    /// Whether the last attempt to read them failed.
    var isFailing: Bool { failure != nil }

    /// They were read.
    mutating func take(_ tokens: [AccessToken]) {
        self.tokens = tokens
        failure = nil
    }

    /// They could not be read.
    mutating func fail(_ error: any Error, at now: ContinuousClock.Instant) {
        failure = (failure?.since ?? now, error)
    }

    /// Checks that what is known counts.
    ///
    /// - Throws: why the tokens could not be read for too long.
    func check(at now: ContinuousClock.Instant) throws {
        guard let failure, now - failure.since > Self.ageMax else { return }
        throw failure.error
    }
}
