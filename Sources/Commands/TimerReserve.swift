private import Dispatch

/// Has the runtime open what it opens at the first wait on each of its clocks.
///
/// It has no other way than to end the process when that fails later, while no descriptor is left.
enum TimerReserve {
    private static let wait: Duration = .milliseconds(1)

    /// Waits a moment on each clock.
    static func take() async {
        // Only cancellation ends a sleep early.
        try? await ContinuousClock().sleep(for: wait)
        try? await SuspendingClock().sleep(for: wait)
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(wallDeadline: .now() + .milliseconds(1)) {
                continuation.resume()
            }
        }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(1)) {
                continuation.resume()
            }
        }
    }
}
