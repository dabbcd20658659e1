#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#endif

internal import HTTPTypes
internal import HummingbirdCore
internal import JSON
internal import NIOCore

/// Answers HTTP requests, with the faults that the script asks for.
struct Responder: Sendable {
    let core: SimulatedCore
    let control: ControlRoutes
    /// Cuts every connection and refuses new ones for so long.
    let cutConnections: @Sendable (Duration) -> Void

    /// The largest body that Core reads.
    private static let bodyBytesMax = 2 * 1024 * 1024

    /// A connection that was closed on purpose; ends its task.
    private struct Cut: Error {}

    /// Handles one request.
    @concurrent
    func respond(
        to request: Request, _ writer: consuming ResponseWriter, on channel: any Channel
    ) async throws {
        let arrival = SimulatorClock.machineNow
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: Self.bodyBytesMax)
        } catch {
            core.register(request.method.rawValue, request.uri.path, at: arrival)
            guard error is NIOTooManyBytesError else { throw error }
            return try await write(.error(413, "length limit exceeded"), writer)
        }
        let inbound = Inbound(
            method: request.method.rawValue, path: request.uri.path,
            query: request.uri.query ?? "", fields: request.headers,
            address: channel.remoteAddress?.ipAddress ?? "", body: Array(body.readableBytesView))
        if inbound.path.hasPrefix(ControlRoutes.prefix) {
            return try await respond(toControl: inbound, writer)
        }
        guard let fault = core.register(inbound, at: arrival) else {
            return try await write(core.answer(inbound), writer)
        }
        try await respond(to: inbound, fault, writer, on: channel)
    }

    @concurrent
    private func respond(toControl request: Inbound, _ writer: consuming ResponseWriter)
        async throws
    {
        guard let downtime = control.downtime(request) else {
            return try await write(control.answer(request), writer)
        }
        try await write(control.answer(request), writer, adding: ["Connection": "close"])
        cutConnections(downtime)
    }

    @concurrent
    private func respond(
        to request: Inbound, _ fault: FaultAction, _ writer: consuming ResponseWriter,
        on channel: any Channel
    ) async throws {
        if fault.delayBefore > .zero { try await Task.sleep(for: fault.delayBefore) }
        var reply = fault.isHandled ? core.answer(request) : .empty(502)
        if fault.delayAfter > .zero { try await Task.sleep(for: fault.delayAfter) }
        switch fault.kind {
        case .delay: break
        case .dropBefore, .dropAfter: try await cut(channel)
        case .resetBefore, .resetAfter:
            reset(channel)
            try await cut(channel)
        case .stall: try await stall(channel)
        case .truncate: return try await truncate(reply, writer, on: channel)
        case .slowBody: return try await dribble(reply, fault, writer)
        case .status, .html, .huge, .malformed, .databaseDown: reply = replacement(for: fault)
        }
        try await write(reply, writer, adding: fault.headers)
    }

    private func replacement(for fault: FaultAction) -> Reply {
        switch fault.kind {
        case .html:
            var page = Reply.html(fault.status ?? 502, title: "Bad Gateway")
            if let body = fault.body { page.body = ByteBuffer(string: body) }
            return page
        case .huge:
            let filler = String(repeating: "x", count: max(0, fault.bytes - 12))
            return .json(["padding": .string(filler)])
        case .malformed:
            return Reply(
                status: 200, contentType: "application/json",
                body: fault.body ?? "{\"_id\": {\"$oid\": ")
        case .databaseDown:
            return .error(401, "Failed to query db", trace: ["Kind: Server selection timeout"])
        default:
            let isJSON = fault.body?.hasPrefix("{") ?? false
            return Reply(
                status: fault.status ?? 503,
                contentType: isJSON ? "application/json" : "text/plain; charset=utf-8",
                body: fault.body ?? "")
        }
    }

    private func head(_ reply: Reply, _ more: [String: String] = [:]) -> HTTPResponse {
        var fields = reply.fields
        fields[.date] = core.date
        if let type = reply.contentType { fields[.contentType] = type }
        for (name, value) in more {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        if fields[.contentLength] == nil {
            fields[.contentLength] = String(reply.body.readableBytes)
        }
        return HTTPResponse(status: .init(code: reply.status), headerFields: fields)
    }

    @concurrent
    private func write(
        _ reply: Reply, _ writer: consuming ResponseWriter, adding fields: [String: String] = [:]
    ) async throws {
        try await writer.write(
            response: head(reply, fields), body: ResponseBody(byteBuffer: reply.body))
    }

    @concurrent
    private func dribble(
        _ reply: Reply, _ fault: FaultAction, _ writer: consuming ResponseWriter
    ) async throws {
        var rest = reply.body
        var body = try await writer.writeHead(head(reply, fault.headers))
        while rest.readableBytes > 0 {
            guard let piece = rest.readSlice(length: min(fault.chunkBytes, rest.readableBytes))
            else { break }
            try await body.write(piece)
            try await Task.sleep(for: fault.interval)
        }
        try await body.finish(nil)
    }

    @concurrent
    private func truncate(
        _ reply: Reply, _ writer: consuming ResponseWriter, on channel: any Channel
    ) async throws {
        var body = try await writer.writeHead(head(reply))
        var half = reply.body
        if let piece = half.readSlice(length: half.readableBytes / 2) {
            try await body.write(piece)
        }
        try await cut(channel)
    }

    private func cut(_ channel: any Channel) async throws {
        try await channel.close()
        throw Cut()
    }

    /// Makes the next close send a reset instead of an orderly end.
    private func reset(_ channel: any Channel) {
        let linger = linger(l_onoff: 1, l_linger: 0)
        (channel as? any SocketOptionProvider)?.setSoLinger(linger).whenComplete { _ in }
    }

    private func stall(_ channel: any Channel) async throws {
        try await withTaskCancellationHandler {
            try await channel.closeFuture.get()
        } onCancel: {
            channel.close(promise: nil)
        }
        throw Cut()
    }
}
