private import Glibc
internal import ServiceLifecycle

/// Ends the server when its database is no longer the file that was opened.
///
/// What is written into a file that was removed or replaced is lost, and no job may be promised
/// there.
final class DatabasePlace: Service {
    private let path: String
    private let file: File?
    private let clock = ContinuousClock()
    private let alarms: AsyncStream<Void>
    private let alarm: AsyncStream<Void>.Continuation

    /// The longest time in which a loss goes unnoticed that nobody stumbles on.
    private static let pause: Duration = .seconds(5)
    /// How long the server may take to end.
    private static let endMax: Duration = .seconds(60)

    /// Takes the file that is at `path` now for the database.
    init(_ path: String) {
        self.path = path
        file = File(path)
        (alarms, alarm) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func run() async throws {
        guard await cancelWhenGracefulShutdown({ await self.isLostInTheEnd() }) else { return }
        throw loss
    }

    /// Returns while the database is in its place; once it is not, the caller waits for the end of
    /// the server.
    func confirm() async throws {
        guard isLost else { return }
        alarm.yield()
        // The end of the server is what ends this.
        try? await clock.sleep(for: Self.endMax)
        throw loss
    }

    private var isLost: Bool { File(path) != file }

    private var loss: CommandError {
        CommandError(
            .failure,
            "The database \(path) was removed or replaced while the server used it; start the "
                + "server again.",
            code: "DATABASE_ERROR")
    }

    private func isLostInTheEnd() async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in self.alarms { return true }
                return false
            }
            group.addTask {
                // Only cancellation ends the sleep early.
                while (try? await self.clock.sleep(for: Self.pause)) != nil {
                    if self.isLost { return true }
                }
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    /// What tells a file from another that takes its place.
    private struct File: Equatable {
        let device: dev_t
        let number: ino_t

        /// The file at `path`; nil when there is none.
        init?(_ path: String) {
            var facts = stat()
            guard stat(path, &facts) == 0 else { return nil }
            device = facts.st_dev
            number = facts.st_ino
        }
    }
}
