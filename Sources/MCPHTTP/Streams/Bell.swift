/// A bell that one listener hears; rings are merged while it does not listen.
struct Bell: Sendable {
    /// What the listener iterates.
    let rings: AsyncStream<Void>
    private let input: AsyncStream<Void>.Continuation

    init() {
        (rings, input) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Rings once.
    func ring() { input.yield() }

    /// Lets the listener go.
    func end() { input.finish() }
}
