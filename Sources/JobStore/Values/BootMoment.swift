internal import Jobs

/// A moment on the clock since boot, which no correction of the wall clock disturbs.
package struct BootMoment: Sendable, Hashable {
    /// The boot that it counts from.
    package var bootID: String
    /// Time since then in milliseconds, also counted during sleep.
    package var milliseconds: Int64

    package init(bootID: String, milliseconds: Int64) {
        self.bootID = bootID
        self.milliseconds = milliseconds
    }

    /// Adds a span of time.
    package static func + (left: BootMoment, right: Duration) -> BootMoment {
        BootMoment(
            bootID: left.bootID, milliseconds: left.milliseconds + right.inMilliseconds)
    }
}

extension StoreClock {
    /// Now, on the clock since boot.
    package func moment() -> BootMoment {
        BootMoment(bootID: bootID, milliseconds: sinceBoot())
    }
}
