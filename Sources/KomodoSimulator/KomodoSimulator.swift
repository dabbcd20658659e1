private import Glibc
internal import Hummingbird
internal import HummingbirdCore
package import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import Synchronization

/// A Komodo Core that behaves like the real one, faults included, over real HTTP.
///
/// It plays the requests that clients of this product need, on a seeded ``World``, in the versions
/// 1.19 to 2.3. Executions take seconds (scaled by ``SimulatorOptions/timeScale``), contend for
/// locks, fail, and are counted in a ``ledger``; a ``FaultScript`` says what goes wrong.
package final class KomodoSimulator: Service {
    private let options: SimulatorOptions
    private let logger: Logger
    private let core: SimulatedCore
    private let connections = ConnectionRegistry()
    private let listening = Mutex(Listening.waiting([]))
    private let downtimes: AsyncStream<Duration>
    private let downtime: AsyncStream<Duration>.Continuation

    /// Whether the address is known: waiting, then listening or failed.
    private enum Listening {
        case waiting([CheckedContinuation<SimulatorAddress, any Error>])
        case listening(SimulatorAddress)
        case failed(SimulatorError)
    }

    /// Connections that may wait to be accepted.
    private static let backlog = 4_096
    /// Attempts to listen again on the same port after a downtime.
    private static let bindAttemptsMax = 50

    /// A simulator that does nothing until ``run()``.
    package init(options: SimulatorOptions = SimulatorOptions(), logger: Logger) {
        self.options = options
        self.logger = logger
        core = SimulatedCore(options: options)
        (downtimes, downtime) = AsyncStream.makeStream(of: Duration.self)
    }

    /// Serves until the task is cancelled or a graceful shutdown begins.
    ///
    /// - Throws: ``SimulatorError`` when the version is unknown or the address cannot be bound.
    package func run() async throws {
        do {
            guard CoreVersion(options.version) != nil else {
                throw SimulatorError(
                    code: .invalidVersion,
                    message:
                        "\(options.version) is not a version of Komodo; use 1.19.5, 2.0.1 or 2.3.2")
            }
            try await cancelWhenGracefulShutdown {
                try await withThrowingDiscardingTaskGroup { group in
                    group.addTask { try await self.listen() }
                    group.addTask { await self.followRuns() }
                }
            }
        } catch is CancellationError {
            end(SimulatorError(code: .stopped, message: "The simulator was stopped"))
        } catch {
            let failure =
                error as? SimulatorError
                ?? SimulatorError(
                    code: .cannotListen,
                    message: "Cannot listen on \(options.host):\(options.port): "
                        + Self.reason(error))
            end(failure)
            throw failure
        }
    }

    /// Waits until the simulator listens.
    ///
    /// - Throws: ``SimulatorError`` when it stops before it does.
    package func ready() async throws -> SimulatorAddress {
        try await withCheckedThrowingContinuation { continuation in
            listening.withLock { listening in
                switch listening {
                case .waiting(let others): listening = .waiting(others + [continuation])
                case .listening(let address): continuation.resume(returning: address)
                case .failed(let error): continuation.resume(throwing: error)
                }
            }
        }
    }

    /// What was asked and what was accepted so far.
    package var ledger: SimulatorLedger { core.ledger }

    /// Puts a fault script in force.
    package func script(_ faults: FaultScript) {
        core.withState { $0.faults.apply(faults) }
    }

    /// Restarts Core: executions in progress end as `Komodo shutdown`, locks and connections are
    /// lost.
    ///
    /// - Parameter down: how long connections are refused; zero keeps listening.
    package func restart(down: Duration = .zero) {
        core.withState { $0.restart() }
        cutConnections(down)
    }

    /// Back to the seeded world, without updates, ledger and faults.
    package func reset() {
        core.withState { $0.reset() }
    }

    /// The number of executions that have not ended.
    package var inProgress: Int { core.withState { $0.runs.count } }
}

extension KomodoSimulator {
    private func followRuns() async {
        await withDiscardingTaskGroup { group in
            for await number in core.started {
                group.addTask { await self.core.follow(number) }
            }
            group.cancelAll()
        }
    }

    /// Listens; after each downtime again on the same port.
    private func listen() async throws {
        while !Task.isCancelled {
            guard let down = try await listenOnce() else { return }
            try await Task.sleep(for: down)
        }
    }

    /// Listens until a downtime begins, and returns how long it lasts.
    private func listenOnce() async throws -> Duration? {
        let known = currentPort
        return try await withThrowingTaskGroup(of: Duration?.self) { group in
            group.addTask {
                try await self.serve(
                    port: known ?? self.options.port,
                    attempts: known == nil ? 1 : Self.bindAttemptsMax)
                return nil
            }
            group.addTask {
                var downtimes = self.downtimes.makeAsyncIterator()
                return await downtimes.next()
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            connections.closeAll()
            return first
        }
    }

    private func serve(port: Int, attempts: Int) async throws {
        for attempt in 1...attempts {
            do {
                return try await server(port: port).run()
            } catch  where attempt < attempts && !Task.isCancelled {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    private func server(port: Int) -> any Service {
        let responder = Responder(core: core, control: ControlRoutes(core: core)) {
            [weak self] down in self?.cutConnections(down)
        }
        let core = core
        let child = SimulatorChannel(
            http: HTTP1Channel(responder: { request, writer, channel in
                try await responder.respond(to: request, writer, on: channel)
            }),
            socket: UpdateSocket(core: core), connections: connections,
            refusesSockets: { core.withState { $0.faults.websocket.refuses } },
            noteUpgrade: { core.register("GET", $0, at: SimulatorClock.machineNow) })
        // A cut connection is this server's business; its own log would call it an error.
        let silent = Logger(label: "simulator.server") { _ in SwiftLogNoOpLogHandler() }
        return child.server(
            configuration: ServerConfiguration(
                address: .hostname(options.host, port: port), backlog: Self.backlog),
            onServerRunning: { [weak self] channel in self?.begin(channel) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: silent)
    }

    private func cutConnections(_ down: Duration) {
        if down > .zero { downtime.yield(down) } else { connections.closeAll() }
    }

    private var currentPort: Int? {
        listening.withLock { if case .listening(let address) = $0 { address.port } else { nil } }
    }

    private func begin(_ channel: any Channel) {
        let port = channel.localAddress?.port ?? options.port
        let host = options.host.contains(":") ? "[\(options.host)]" : options.host
        let address = SimulatorAddress(
            url: "http://\(host):\(port)", port: port, apiKey: options.apiKey,
            apiSecret: options.apiSecret, operatorID: Operator.main.id, version: options.version)
        let waiting = listening.withLock { listening in
            defer { listening = .listening(address) }
            if case .waiting(let continuations) = listening { return continuations }
            return []
        }
        logger.debug("Simulator listens", metadata: ["url": "\(address.url)"])
        for continuation in waiting { continuation.resume(returning: address) }
    }

    /// The system's words for an error, where it has any.
    private static func reason(_ error: any Error) -> String {
        (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
    }

    private func end(_ error: SimulatorError) {
        let waiting = listening.withLock { listening in
            defer { listening = .failed(error) }
            if case .waiting(let continuations) = listening { return continuations }
            return []
        }
        for continuation in waiting { continuation.resume(throwing: error) }
    }
}
