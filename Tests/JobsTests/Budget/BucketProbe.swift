import Jobs

/// A bucket on a clock of its own, which remembers when it granted what.
struct BucketProbe {
    let limits: TokenBucket.Limits
    var bucket: TokenBucket
    var now: Int64
    private(set) var grants: [(at: Int64, purpose: TokenBucket.Purpose)] = []

    static let minute: Int64 = 60_000

    init(_ limits: TokenBucket.Limits, at now: Int64 = 1_000_000) {
        self.limits = limits
        self.now = now
        bucket = .full(limits, at: now)
    }

    /// Asks once.
    @discardableResult
    mutating func take(_ purpose: TokenBucket.Purpose) -> TokenBucket.Answer {
        let answer = bucket.take(purpose, at: now, limits)
        if answer == .granted { grants.append((now, purpose)) }
        return answer
    }

    /// Lets these purposes ask in turn as often as they get something, looking every `pace`.
    mutating func saturate(
        _ purposes: [TokenBucket.Purpose], for duration: Int64, pace: Int64 = 100
    ) {
        let end = now + duration
        while now < end {
            var hungry = purposes
            while !hungry.isEmpty { hungry.removeAll { take($0) != .granted } }
            now += pace
        }
    }

    /// What was granted from `start` on, during a minute.
    func count(_ purpose: TokenBucket.Purpose? = nil, in start: Int64) -> Int {
        grants.count { grant in
            (start..<start + Self.minute).contains(grant.at)
                && (purpose == nil || grant.purpose == purpose)
        }
    }

    /// The most grants in any sliding minute.
    var mostInAMinute: Int {
        var most = 0
        var first = 0
        for (last, grant) in grants.enumerated() {
            while grant.at - grants[first].at >= Self.minute { first += 1 }
            most = max(most, last - first + 1)
        }
        return most
    }
}

extension TokenBucket.Limits: CustomStringConvertible {
    package var description: String { "\(perMinute) a minute, \(burst) at most" }
}
