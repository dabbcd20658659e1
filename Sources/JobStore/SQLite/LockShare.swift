/// How much of the write lock a step of work that nobody waits for may still take.
///
/// Others get the lock between two steps. What the commit takes comes on top.
struct LockShare: Sendable {
    private let clock: StoreClock
    private let end: Int64

    /// The time after which a step does nothing more.
    static let milliseconds: Int64 = 5

    init(_ clock: StoreClock, milliseconds: Int64 = LockShare.milliseconds) {
        self.clock = clock
        end = clock.sinceBoot() + milliseconds
    }

    var isSpent: Bool { clock.sinceBoot() >= end }
}
