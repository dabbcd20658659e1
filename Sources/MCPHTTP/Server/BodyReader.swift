internal import HTTPTypes
internal import HummingbirdCore
internal import MCP
internal import NIOCore

/// A body that has arrived.
struct Body: Sendable {
    let bytes: [UInt8]
    /// Its share of the room for bodies that are not worked on yet.
    let reservation: Ticket
}

/// Reads the body of a request within its limits.
struct BodyReader: Sendable {
    let limits: HTTPLimits
    let bytesMax: Int
    let admission: Admission
    let clock: ProtocolClock

    private enum Outcome: Sendable {
        case complete(Body)
        case refused(Reply)
    }

    /// The whole body, whose announced length was checked before.
    func read(_ request: Request) async throws(Refused) -> Body {
        let announced = request.headers.trimmed(.contentLength).flatMap { Int($0) }
        let outcome = await withTaskGroup(of: Outcome.self) { group in
            group.addTask { await collect(request.body, announced) }
            group.addTask {
                // Cancelled as soon as the body is complete.
                try? await clock.sleep(limits.bodyTimeout)
                return .refused(closing(.refusal(408, "The body took too long to arrive")))
            }
            defer { group.cancelAll() }
            guard let first = await group.next() else {
                preconditionFailure("There are two tasks")
            }
            return first
        }
        switch outcome {
        case .complete(let body): return body
        case .refused(let reply): throw Refused(reply)
        }
    }

    private func collect(_ body: RequestBody, _ announced: Int?) async -> Outcome {
        var bytes: [UInt8] = []
        var reserved = 0
        var isComplete = false
        defer { if !isComplete { admission.release(bytes: reserved) } }
        do {
            for try await piece in body {
                let count = piece.readableBytes
                guard bytes.count + count <= bytesMax else {
                    return .refused(closing(.tooLarge(bytesMax)))
                }
                guard admission.reserve(bytes: count) else {
                    return .refused(
                        closing(
                            .busy(503, "The server is busy", after: limits.retryAfter)))
                }
                reserved += count
                if bytes.isEmpty { bytes.reserveCapacity(announced ?? count) }
                bytes.append(contentsOf: piece.readableBytesView)
            }
        } catch {
            return .refused(closing(.refusal(400, "The body broke off")))
        }
        guard announced == nil || announced == bytes.count else {
            return .refused(closing(.refusal(400, "The body broke off")))
        }
        isComplete = true
        let reservation = Ticket { [admission, reserved] in admission.release(bytes: reserved) }
        return .complete(Body(bytes: bytes, reservation: reservation))
    }

    private func closing(_ reply: Reply) -> Reply {
        var reply = reply
        reply.closes = true
        return reply
    }
}
