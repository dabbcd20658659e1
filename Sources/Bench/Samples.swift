/// Durations of equal pieces of work.
package struct Samples: Sendable {
    private(set) var durations: [Duration] = []

    init(_ durations: [Duration] = []) { self.durations = durations }

    mutating func add(_ duration: Duration) { durations.append(duration) }
    mutating func add(_ others: [Duration]) { durations += others }

    /// The duration that a share of all does not exceed: the nearest rank.
    func percentile(_ share: Double) -> Duration {
        let sorted = durations.sorted()
        guard !sorted.isEmpty else { return .zero }
        let rank = Int((share * Double(sorted.count)).rounded(.up))
        return sorted[min(max(rank, 1), sorted.count) - 1]
    }
}

extension Duration {
    /// In milliseconds, as a fraction.
    var milliseconds: Double { self / .milliseconds(1) }

    /// In whole nanoseconds.
    var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}

extension [Double] {
    /// The middle one, or the mean of the two in the middle; zero of none.
    var median: Double {
        let sorted = sorted()
        guard !sorted.isEmpty else { return 0 }
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }
}
