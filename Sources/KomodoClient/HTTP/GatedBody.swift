internal import NIOCore
internal import Synchronization

/// A request body that leaves only after a gate was asked, and of which it is known afterwards
/// whether it could have left.
///
/// The HTTP library asks for the first part when the connection is up and the head has been
/// written. A server cannot act on a request whose body is missing, so everything that happens
/// before the release is provably without effect.
final class GatedBody: Sendable {
    /// How far the body came.
    enum Phase: Sendable, Hashable {
        /// Nobody has asked for it yet, or the gate has not answered.
        case held
        /// The gate said no.
        case refused
        /// It was handed over for sending at this moment.
        case released(at: Duration)
        /// The exchange ended first; it will never leave.
        case closed
    }

    private let bytes: [UInt8]
    private let gate: @Sendable () async -> Bool
    private let now: @Sendable () -> Duration
    private let phase = Mutex(Phase.held)

    /// A body of `bytes` behind `gate`.
    init(
        _ bytes: [UInt8], gate: @escaping @Sendable () async -> Bool,
        now: @escaping @Sendable () -> Duration
    ) {
        self.bytes = bytes
        self.gate = gate
        self.now = now
    }

    /// How long the body is.
    var count: Int { bytes.count }

    /// When the body was released, if it was.
    var releasedAt: Duration? {
        guard case .released(let moment) = phase.withLock({ $0 }) else { return nil }
        return moment
    }

    /// Ends the exchange: a body that is still held never leaves.
    ///
    /// - Returns: the phase before.
    @discardableResult
    func close() -> Phase {
        phase.withLock { phase in
            let before = phase
            if case .held = phase { phase = .closed }
            return before
        }
    }

    /// Asks the gate and releases the body if it agrees and the exchange still lasts.
    fileprivate func release() async throws -> ByteBuffer {
        let isOpen = await gate()
        let moment = now()
        try phase.withLock { phase throws(Withheld) in
            guard case .held = phase else { throw Withheld() }
            phase = isOpen ? .released(at: moment) : .refused
            if !isOpen { throw Withheld() }
        }
        return ByteBuffer(bytes: bytes)
    }

    /// The gate said no, or too late.
    struct Withheld: Error {}
}

extension GatedBody {
    /// The body in the form the HTTP library pulls: one part.
    struct Parts: AsyncSequence, Sendable {
        let body: GatedBody

        /// Gives the part once.
        struct AsyncIterator: AsyncIteratorProtocol {
            let body: GatedBody
            var isSpent = false

            mutating func next() async throws -> ByteBuffer? {
                guard !isSpent else { return nil }
                isSpent = true
                return try await body.release()
            }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: body) }
    }

    /// The body as parts.
    var parts: Parts { Parts(body: self) }
}
