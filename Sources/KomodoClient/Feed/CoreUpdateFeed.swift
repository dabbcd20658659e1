internal import Jobs
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import NIOWebSocket
internal import Redaction
internal import Synchronization

/// Core's `/ws/update`: one list item for each change of an update that the key may see.
///
/// Each connection takes a token of the budget, as polls do, and passes the breaker of the key. A
/// connection on which nothing has come for ``silenceMax``, not even a ping, counts as lost: Core
/// keeps the sockets of listeners open that lagged behind, and tells them nothing any more.
final class CoreUpdateFeed: UpdateFeed {
    private let connection: KomodoConnection
    private let userAgent: String
    private let credentialFault: KomodoError?
    private let turnstile: Turnstile
    private let redactor: Redactor
    private let surroundings: Surroundings
    private let logger: Logger
    /// Outlives each run, so that no two of them connect in quick succession.
    private let pace = Mutex(FeedPace())

    /// The longest message; a list item has some hundred bytes.
    static let messageBytesMax = 1 << 20
    /// The most frames of one message.
    static let fragmentsMax = 256
    /// Three pings of Komodo, which come every 30 s.
    static let silenceMax: Duration = .seconds(90)

    init(
        _ connection: KomodoConnection, userAgent: String, credentialFault: KomodoError?,
        turnstile: Turnstile, redactor: Redactor, surroundings: Surroundings, logger: Logger
    ) {
        self.connection = connection
        self.userAgent = userAgent
        self.credentialFault = credentialFault
        self.turnstile = turnstile
        self.redactor = redactor
        self.surroundings = surroundings
        self.logger = logger
    }

    func run(_ hear: @escaping @Sendable (FeedNews) -> Void) async {
        while !Task.isCancelled {
            let wait = pace.withLock { $0.wait(at: surroundings.now()) }
            do {
                if wait > .zero { try await surroundings.sleep(wait) }
            } catch {
                return
            }
            let line = FeedLine(at: surroundings.now())
            let end = await listen(on: line, hear)
            let now = surroundings.now()
            let random = surroundings.random()
            pace.withLock {
                let lasted = line.openedAt.map { now - $0 }
                $0.ended(end.loss, lasted: lasted, at: now, random: random)
            }
            if end != .left { hear(.lost(end.error)) }
        }
    }

    /// One connection, from its token to its end.
    private func listen(
        on line: FeedLine, _ hear: @escaping @Sendable (FeedNews) -> Void
    ) async -> FeedEnd {
        let pass: Turnstile.Pass
        do throws(KomodoError) {
            if let credentialFault { throw credentialFault }
            pass = try await turnstile.enter(for: .poll)
        } catch {
            return Task.isCancelled ? .left : FeedEnd(unsent: error)
        }
        await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.connect(line, hear) }
                group.addTask { await self.watch(line) }
                for await _ in line.openings {
                    await self.turnstile.learn(pass, from: Lesson(finding: .keyAccepted))
                }
                group.cancelAll()
            }
        } onCancel: {
            line.close(.left)
        }
        // A task that is cancelled may leave the loop before the line is closed.
        line.close(.left)
        await line.settle()
        let end = line.end ?? .left
        if line.openedAt == nil || end.finding != .nothing {
            await turnstile.learn(pass, from: Lesson(finding: end.finding))
        }
        if end.finding == .keyRefused {
            logger.warning(
                "Komodo refused the API key; requests pause",
                metadata: [LogKey.komodoURL: "\(connection.url)"])
        }
        return end
    }

    /// Ends a line that has no answer to its login in time, or that has gone silent.
    private func watch(_ line: FeedLine) async {
        let beganAt = line.heardAt
        while true {
            let isOpen = line.openedAt != nil
            let limit =
                isOpen ? line.heardAt + Self.silenceMax : beganAt + connection.requestTimeout
            let wait = limit - surroundings.now()
            guard wait > .zero else { return line.close(isOpen ? .silent : .unanswered) }
            do {
                try await surroundings.sleep(wait)
            } catch {
                return
            }
        }
    }
}

// MARK: Connecting

extension CoreUpdateFeed {
    /// Begins to connect; the line tells what comes of it.
    private func connect(
        _ line: FeedLine, _ hear: @escaping @Sendable (FeedNews) -> Void
    ) async {
        let url = connection.url
        guard let address = FeedAddress(url) else {
            return line.close(
                FeedEnd(
                    error: KomodoError(.unreachable, "'\(url)' is no address of a Komodo."),
                    loss: .absent))
        }
        let tls: NIOSSLContext?
        do {
            tls = try await address.isSecure ? tlsContext() : nil
        } catch {
            return line.close(FeedEnd(HTTPFailure(error, url: url)))
        }
        let timeout = TimeAmount.milliseconds(connection.connectTimeout.inMilliseconds)
        // A name may have several addresses, which are tried beside each other: what hangs on a
        // channel has to wait for the one that is left.
        ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(timeout)
            .resolver(surroundings.resolver)
            .connect(host: address.host, port: address.port)
            .flatMapThrowing { channel in
                guard line.adopt(channel) else { return channel.close(promise: nil) }
                channel.closeFuture.whenComplete { _ in line.close(.closed) }
                try self.prepare(channel, address, tls, line, hear)
            }
            .whenFailure { line.close(FeedEnd(HTTPFailure($0, url: url))) }
    }

    private func tlsContext() async throws -> NIOSSLContext {
        // It reads the certificates from files.
        try await NIOThreadPool.singleton.runIfActive { [connection] in
            try NIOSSLContext(configuration: connection.tlsConfiguration)
        }
    }

    private func prepare(
        _ channel: any Channel, _ address: FeedAddress, _ tls: NIOSSLContext?, _ line: FeedLine,
        _ hear: @escaping @Sendable (FeedNews) -> Void
    ) throws {
        let operations = channel.pipeline.syncOperations
        if let tls {
            // A name is announced, an address is not (RFC 6066 §3).
            let isAddress = (try? SocketAddress(ipAddress: address.host, port: 0)) != nil
            try operations.addHandler(
                NIOSSLClientHandler(
                    context: tls, serverHostname: isAddress ? nil : address.host))
        }
        let upgrader = NIOTypedWebSocketClientUpgrader<Bool>(
            maxFrameSize: Self.messageBytesMax, enableAutomaticErrorHandling: false
        ) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                try self.begin(on: channel, line, hear)
                return true
            }
        }
        let configuration = NIOTypedHTTPClientUpgradeConfiguration(
            upgradeRequestHead: head(address), upgraders: [upgrader]
        ) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(
                    UpgradeRefusalHandler(line: line, judge: self.judge))
                return false
            }
        }
        var pipeline = NIOUpgradableHTTPClientPipelineConfiguration(
            upgradeConfiguration: configuration)
        // Frames may arrive together with the agreement.
        pipeline.leftOverBytesStrategy = .forwardBytes
        try operations.configureUpgradableHTTPClientPipeline(
            configuration: pipeline
        ).whenComplete { [connection] result in
            switch result {
            case .success(let isUpgraded):
                guard isUpgraded, line.end == nil else { return }
                let login = ByteBuffer(string: FeedSession.login(connection))
                channel.writeAndFlush(WebSocketFrame.ofClient(.text, login), promise: nil)
            case .failure(ChannelError.inappropriateOperationForState):
                // The upgrade's way to say that the connection has ended before an answer.
                line.close(.closed)
            case .failure(let error) where error is NIOHTTPClientUpgradeError:
                line.close(FeedEnd(absentAt: connection.url, status: 101))
            case .failure(let error):
                line.close(FeedEnd(HTTPFailure(error, url: connection.url)))
            }
        }
    }

    private func begin(
        on channel: any Channel, _ line: FeedLine, _ hear: @escaping @Sendable (FeedNews) -> Void
    ) throws {
        let operations = channel.pipeline.syncOperations
        try operations.addHandler(
            NIOWebSocketFrameAggregator(
                minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: Self.fragmentsMax,
                maxAccumulatedFrameSize: Self.messageBytesMax))
        try operations.addHandler(
            FeedHandler(
                session: FeedSession(redactor: redactor), line: line, now: surroundings.now,
                hear: hear
            ) { [logger] ignored in
                guard ignored > 0 else { return }
                logger.debug(
                    "Komodo's websocket told what cannot be read",
                    metadata: [LogKey.count: "\(ignored)"])
            })
    }

    private func head(_ address: FeedAddress) -> HTTPRequestHead {
        HTTPRequestHead(
            version: .http1_1, method: .GET, uri: address.target,
            headers: ["Host": address.authority, "User-Agent": userAgent])
    }

    @Sendable
    private func judge(_ status: Int, _ headers: HTTPAnswer.Headers, _ body: [UInt8]) -> FeedEnd {
        let now = surroundings.now()
        let answer = HTTPAnswer(
            status: status, headers: headers, body: body, beganAt: now, headCameAt: now,
            headAt: surroundings.wallClock())
        return FeedEnd(
            upgrade: CoreRefusal(answer, redactor: redactor), url: connection.url)
    }
}
