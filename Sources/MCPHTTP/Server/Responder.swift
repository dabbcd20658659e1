internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

/// Answers HTTP requests.
struct Responder: Sendable {
    let endpoint: Endpoint

    /// Ends the task of a connection that is to be closed.
    private struct ConnectionEnd: Error {}

    /// What a head leads to.
    private enum Step {
        case reply(Reply)
        case readiness
        case post(Holder)
        case visit(Holder)
    }

    /// Handles one request.
    @concurrent
    func respond(
        to request: Request, _ writer: consuming ResponseWriter, on connection: Connection
    ) async throws {
        var isBodyRead = false
        let outcome: Outcome
        switch await step(request.head) {
        case .reply(let reply):
            outcome = .reply(reply)
        case .readiness:
            outcome = .reply(await endpoint.readiness())
        case .post(let holder):
            if request.headers.trimmed(.expect)?.lowercased() == "100-continue" {
                try await writer.writeInformationalHead(HTTPResponse(status: .continue))
            }
            isBodyRead = true
            outcome = await settle { () throws(Refused) in
                try await endpoint.post(request, holder, connection)
            }
        case .visit(let holder):
            outcome = await settle { () throws(Refused) in
                try endpoint.visit(request.head, holder, connection)
            }
        }
        switch outcome {
        case .gone:
            throw ConnectionEnd()
        case .reply(var reply):
            if !isBodyRead, request.head.mayHaveLargeBody(endpoint.limits) { reply.closes = true }
            if endpoint.isShuttingDown { reply.closes = true }
            try await write(reply, request, writer, connection)
        case .events(let delivery):
            defer {
                connection.forgetAction()
                delivery.leave()
            }
            let stream = StreamWriter(
                delivery: delivery, limits: endpoint.limits, clock: endpoint.clock)
            var head = Self.streamHead
            head.headerFields.append(
                contentsOf: endpoint.gate.crossOrigin.fields(request.head))
            try await writer.write(response: head, body: stream.body)
        }
    }

    private static let streamHead = HTTPResponse(
        status: .ok,
        headerFields: [
            .contentType: "text/event-stream", .cacheControl: "no-cache", .accelBuffering: "no",
        ])

    private func step(_ head: HTTPRequest) async -> Step {
        switch endpoint.gate.route(head) {
        case .unknown:
            return .reply(.json(404, #"{"error":"There is nothing at this path"}"#))
        case .health, .ready:
            guard head.method == .get || head.method == .head else {
                return .reply(.methodNotAllowed("GET"))
            }
            if endpoint.gate.route(head) == .ready { return .readiness }
            return .reply(.json(200, #"{"status":"ok"}"#))
        case .endpoint:
            do throws(Refused) {
                return try await enter(head)
            } catch {
                return .reply(error.reply)
            }
        }
    }

    private func enter(_ head: HTTPRequest) async throws(Refused) -> Step {
        try endpoint.gate.check(head)
        let holder = try await endpoint.admit(head)
        guard !endpoint.isShuttingDown else {
            throw Refused(
                .busy(503, "The server is shutting down", after: endpoint.limits.retryAfter))
        }
        guard head.method == .post else { return .visit(holder) }
        try endpoint.gate.checkPost(head)
        if let length = head.headerFields.trimmed(.contentLength).flatMap({ Int($0) }),
            length > endpoint.bodyBytesMax
        {
            throw Refused(.tooLarge(endpoint.bodyBytesMax))
        }
        return .post(holder)
    }

    private func settle(
        _ body: () async throws(Refused) -> Outcome
    ) async -> Outcome {
        do throws(Refused) {
            return try await body()
        } catch {
            return .reply(error.reply)
        }
    }

    @concurrent
    private func write(
        _ reply: Reply, _ request: Request, _ writer: consuming ResponseWriter,
        _ connection: Connection
    ) async throws {
        var fields = reply.fields
        if endpoint.gate.route(request.head) == .endpoint {
            fields.append(contentsOf: endpoint.gate.crossOrigin.fields(request.head))
        }
        if reply.status != 204 { fields[.contentLength] = String(reply.body?.utf8.count ?? 0) }
        if reply.closes { fields[.connection] = "close" }
        let head = HTTPResponse(
            status: HTTPResponse.Status(code: reply.status), headerFields: fields)
        if let text = reply.body, request.method != .head {
            try await writer.write(
                response: head, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        } else {
            try await writer.writeResponse(head)
        }
        guard reply.closes else { return }
        await outwait(connection)
        throw ConnectionEnd()
    }

    /// Lets the client finish sending, for a while: a connection that is closed on unread bytes
    /// takes the answer with it.
    private func outwait(_ connection: Connection) async {
        let bell = Bell()
        connection.whenClosed { bell.end() }
        connection.discardInput()
        await withTaskGroup(of: Void.self) {
            [clock = endpoint.clock, limits = endpoint.limits] group in
            group.addTask { for await _ in bell.rings {} }
            group.addTask { _ = await clock.pause(limits.lingerTimeout) }
            await group.next()
            group.cancelAll()
        }
        connection.forgetAction()
    }
}
