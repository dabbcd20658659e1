import Synchronization

/// A count that closures share.
final class Tally: Sendable {
    private let number = Atomic(0)

    var count: Int { number.load(ordering: .acquiring) }
    /// Counts one up and returns the count before.
    @discardableResult
    func add() -> Int { number.add(1, ordering: .acquiringAndReleasing).oldValue }
}
