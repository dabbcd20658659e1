/// A value that arrives at most once, for one waiter.
struct Delivery<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    /// Hands the value over; later ones are dropped.
    func deliver(_ value: Value) {
        continuation.yield(value)
        continuation.finish()
    }

    /// Gives up: the waiter gets nil.
    func abandon() { continuation.finish() }

    /// The value; nil when it was given up or the surrounding task is cancelled.
    func value() async -> Value? {
        for await value in stream { return value }
        return nil
    }
}
