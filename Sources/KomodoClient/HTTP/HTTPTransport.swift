internal import AsyncHTTPClient
private import Glibc
internal import Jobs
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// Sends requests to one Komodo over HTTP/1.1, never following a redirect and never repeating one.
final class HTTPTransport: Sendable {
    /// Which connection a request travels on.
    enum Route: Sendable, Hashable {
        /// Any idle one, for reads.
        case pooled
        /// One of its own, closed after the answer.
        case fresh
    }

    private let url: String
    private let userAgent: String
    private let connectTimeout: Duration
    private let requestTimeout: Duration
    private let surroundings: Surroundings
    private let pooled: HTTPClient
    private let fresh: HTTPClient

    /// Longest time between the start of a submission and the answer of its gate, beyond the time
    /// to connect.
    private static let gateMax: Duration = .seconds(10)
    private static let pooledConnectionsMax = 16
    private static let freshConnectionsMax = 64
    private static let pooledIdleMax: TimeAmount = .seconds(30)
    /// A connection that came up for a request that had gone is dropped rather than reused.
    private static let freshIdleMax: TimeAmount = .milliseconds(1)

    /// A transport to the address of `connection`; ``shutdown()`` must be called in the end.
    init(_ connection: KomodoConnection, userAgent: String, surroundings: Surroundings) {
        url = connection.url
        self.userAgent = userAgent
        connectTimeout = connection.connectTimeout
        requestTimeout = connection.requestTimeout
        self.surroundings = surroundings
        pooled = Self.client(
            for: connection, idleMax: Self.pooledIdleMax, connectionsMax: Self.pooledConnectionsMax)
        fresh = Self.client(
            for: connection, idleMax: Self.freshIdleMax, connectionsMax: Self.freshConnectionsMax
        ) { channel in
            Self.dropUnsent(of: channel, after: connection.requestTimeout)
        }
    }

    /// Sends a request that may be repeated and reads its answer to the end.
    ///
    /// - Parameter timeout: covers everything, the connection and the whole answer included.
    func exchange(
        _ request: OutgoingRequest, on route: Route, timeout: Duration
    ) async throws(HTTPFailure) -> HTTPAnswer {
        do {
            return try await withTimeout(timeout) { [self] in
                var message = message(for: request, on: route)
                if let body = request.body { message.body = .bytes(body) }
                return try await perform(message, on: route, bytesMax: request.answerBytesMax)
            }
        } catch {
            throw HTTPFailure(error, url: url)
        }
    }

    /// Sends a request once, on a connection of its own, if `gate` agrees at the last moment.
    func deliver(
        _ request: OutgoingRequest, gate: @escaping @Sendable () async -> Bool
    ) async -> Delivery {
        let body = GatedBody(request.body ?? [], gate: gate, now: surroundings.now)
        return await withTaskCancellationHandler {
            await deliver(request, body: body)
        } onCancel: {
            // At once, so that a gate that agrees too late changes nothing.
            body.close()
        }
    }

    private func deliver(_ request: OutgoingRequest, body: GatedBody) async -> Delivery {
        await withTaskGroup(of: Result<HTTPAnswer, HTTPFailure>.self) { [self] group in
            group.addTask { await self.attempt(request, body: body) }
            group.addTask { await self.expiry(of: body) }
            let first = await group.next()
            // From here on a body that was held stays held.
            let phase = body.close()
            group.cancelAll()
            // An answer that came together with the deadline still counts.
            if let second = await group.next(), case .success = second {
                return Delivery(second, phase: phase)
            }
            let cancelled = HTTPFailure(CancellationError(), url: url)
            return Delivery(first ?? .failure(cancelled), phase: phase)
        }
    }

    /// Closes all connections; nothing can be sent afterwards.
    func shutdown() async {
        for client in [pooled, fresh] {
            // Fails only when it was shut down before, which is what is wanted.
            try? await client.shutdown()
        }
    }

    private func attempt(
        _ request: OutgoingRequest, body: GatedBody
    ) async -> Result<HTTPAnswer, HTTPFailure> {
        var message = message(for: request, on: .fresh)
        message.body = .stream(body.parts, length: .known(Int64(body.count)))
        do {
            return .success(
                try await perform(message, on: .fresh, bytesMax: request.answerBytesMax))
        } catch {
            body.close()
            return .failure(HTTPFailure(error, url: url))
        }
    }

    /// Returns when the time of a delivery is over, which depends on when its body was released.
    private func expiry(of body: GatedBody) async -> Result<HTTPAnswer, HTTPFailure> {
        let limit = surroundings.now() + connectTimeout + Self.gateMax
        do {
            while true {
                let now = surroundings.now()
                let releasedAt = body.releasedAt
                let end = releasedAt.map { $0 + requestTimeout } ?? limit
                guard now < end else { throw ExchangeTimeout() }
                // While the body is held, its release can shorten the time that is left to no less
                // than the request's own.
                let wait = releasedAt == nil ? min(end - now, requestTimeout) : end - now
                try await surroundings.sleep(wait)
            }
        } catch {
            return .failure(HTTPFailure(error, url: url))
        }
    }

    private func message(for request: OutgoingRequest, on route: Route) -> HTTPClientRequest {
        var message = HTTPClientRequest(url: url + request.path)
        message.method = HTTPMethod(rawValue: request.method.rawValue)
        message.headers.add(name: "Accept", value: "application/json, text/plain")
        message.headers.add(name: "User-Agent", value: userAgent)
        for header in request.headers {
            message.headers.add(name: header.name, value: header.value)
        }
        if route == .fresh { message.headers.add(name: "Connection", value: "close") }
        return message
    }

    /// One exchange without a deadline of its own; cancellation ends it.
    private func perform(
        _ message: HTTPClientRequest, on route: Route, bytesMax: Int
    ) async throws -> HTTPAnswer {
        let client = route == .fresh ? fresh : pooled
        let beganAt = surroundings.now()
        // No logger: the library would log what it sends and receives.
        let answer = try await client.execute(message, deadline: .distantFuture)
        let headCameAt = surroundings.now()
        let headAt = surroundings.wallClock()
        if let length = answer.headers.first(name: "Content-Length").flatMap({ Int($0) }),
            length > bytesMax
        {
            throw OversizedAnswer(limit: bytesMax)
        }
        var body: [UInt8] = []
        for try await part in answer.body {
            guard body.count + part.readableBytes <= bytesMax else {
                throw OversizedAnswer(limit: bytesMax)
            }
            body.append(contentsOf: part.readableBytesView)
        }
        // A cancelled task sees the body end early.
        try Task.checkCancellation()
        return HTTPAnswer(
            status: Int(answer.status.code), headers: HTTPAnswer.Headers(answer.headers),
            body: body, beganAt: beganAt, headCameAt: headCameAt, headAt: headAt)
    }

    private func withTimeout<Value: Sendable>(
        _ timeout: Duration, _ operation: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { [surroundings] group in
            defer { group.cancelAll() }
            group.addTask { try await operation() }
            group.addTask {
                try await surroundings.sleep(timeout)
                throw ExchangeTimeout()
            }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }

    /// Keeps the kernel from delivering a request later than its sender waits for the answer: what is
    /// unsent goes with the connection, even if the process is killed, and what is not acknowledged
    /// ends the connection, even if the process is suspended.
    private static func dropUnsent(
        of channel: any Channel, after timeout: Duration
    ) -> EventLoopFuture<Void> {
        guard let socket = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        let milliseconds = Int32(clamping: timeout.inMilliseconds)
        return socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).flatMap {
            socket.unsafeSetSocketOption(
                level: .tcp, name: NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT),
                value: milliseconds)
        }
    }

    private static func client(
        for connection: KomodoConnection, idleMax: TimeAmount, connectionsMax: Int,
        prepare: (@Sendable (any Channel) -> EventLoopFuture<Void>)? = nil
    ) -> HTTPClient {
        var pool = HTTPClient.Configuration.ConnectionPool(
            idleTimeout: idleMax, concurrentHTTP1ConnectionsPerHostSoftLimit: connectionsMax)
        pool.retryConnectionEstablishment = false
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: connection.tlsConfiguration, redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(
                connect: .milliseconds(connection.connectTimeout.inMilliseconds)),
            connectionPool: pool)
        configuration.httpVersion = .http1Only
        configuration.http1_1ConnectionDebugInitializer = prepare
        return HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}

extension KomodoConnection {
    /// Whom to believe that it is Komodo.
    var tlsConfiguration: TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let certificateFile { tls.additionalTrustRoots = [.file(certificateFile)] }
        if !verifiesCertificates { tls.certificateVerification = .none }
        return tls
    }
}

extension HTTPAnswer.Headers {
    /// Picks the fields that the client uses.
    init(_ headers: HTTPHeaders) {
        self.init(
            date: headers.first(name: "Date"), retryAfter: headers.first(name: "Retry-After"),
            rateRemaining: headers.first(name: "X-RateLimit-Remaining"))
    }
}
