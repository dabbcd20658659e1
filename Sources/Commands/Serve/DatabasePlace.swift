internal import JobStore
internal import ServiceLifecycle

/// Ends the server when its database is no longer the file that was opened.
///
/// What is written into a file that was removed or replaced is lost, and no job may be promised
/// there.
final class DatabasePlace: Service {
    private let confirmPlace: @Sendable () throws -> Void
    private let clock = ContinuousClock()
    private let alarms: AsyncStream<Void>
    private let alarm: AsyncStream<Void>.Continuation

    /// The longest time in which a loss goes unnoticed that nobody stumbles on.
    private static let pause: Duration = .seconds(1)
    /// How long the server may take to end.
    private static let endMax: Duration = .seconds(60)

    convenience init(_ store: SQLiteJobStore) {
        self.init { try store.confirmPlace() }
    }

    /// - Parameter confirmPlace: fails when the database is not in its place.
    init(confirmPlace: @escaping @Sendable () throws -> Void) {
        self.confirmPlace = confirmPlace
        (alarms, alarm) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await _ in self.alarms { try self.confirmPlace() }
                }
                group.addTask {
                    // Only cancellation ends the sleep early.
                    while (try? await self.clock.sleep(for: Self.pause)) != nil {
                        try self.confirmPlace()
                    }
                }
                // The first that finds it lost ends both.
                while try await group.next() != nil {}
            }
        }
    }

    /// Returns while the database is in its place; once it is not, the caller waits for the end of
    /// the server.
    func confirm() async throws {
        do {
            try confirmPlace()
        } catch {
            alarm.yield()
            // The end of the server is what ends this.
            try? await clock.sleep(for: Self.endMax)
            throw error
        }
    }
}
