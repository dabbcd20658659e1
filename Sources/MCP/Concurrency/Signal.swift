/// A bell that one listener hears: rings are merged while nobody listens.
struct Signal: Sendable {
    /// What the listener iterates.
    let rings: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (rings, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Rings once.
    func ring() { continuation.yield() }

    /// Ends the iteration, after a ring that is still unheard.
    func end() { continuation.finish() }

    /// Waits for the end, or for the cancellation of the surrounding task.
    func waitForEnd() async {
        for await _ in rings {}
    }
}
