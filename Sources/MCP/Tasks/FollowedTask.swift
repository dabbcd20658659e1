/// A task that is looked at after each of its changes.
struct FollowedTask: Sendable {
    let id: String
    let principal: Principal
    let provider: any TaskProvider
    /// Watched before the first look, so that no change is missed.
    private let changes: AsyncStream<Void>

    init(_ id: String, of principal: Principal, in provider: any TaskProvider) {
        self.id = id
        self.principal = principal
        self.provider = provider
        changes = provider.changes(of: id, for: principal)
    }

    /// Calls `look` with the task as it is now, and after its changes at most once per `interval`,
    /// until `look` returns false, the changes end, or the surrounding task is cancelled.
    func run(
        _ clock: ProtocolClock, every interval: Duration,
        _ look: @escaping @Sendable (TaskView) async -> Bool
    ) async {
        let end = Signal()
        await clock.forward(changes, every: interval, until: end, atOnce: true) {
            // A store that fails now is asked again after the next change.
            guard let view = try? await provider.task(id, for: principal) else { return }
            guard await look(view) else { return end.end() }
        }
    }
}
