internal import NIOCore
internal import NIOPosix
package import NIOSSL
internal import Synchronization

/// A TCP server that keeps what it receives and reacts as a test tells it to, HTTP or not.
package final class ScriptedServer: Sendable {
    /// One request as it arrived.
    package struct Request: Sendable, Hashable {
        /// Counts the server's connections from 1.
        package var connection: Int
        package var method: String
        package var path: String
        /// Names in lower case.
        package var headers: [String: String]
        package var body: String
    }

    /// One thing that the server does on a connection.
    package enum Action: Sendable {
        case send(String)
        case bytes([UInt8])
        /// Sends so many bytes of `x`.
        case flood(Int)
        /// Sends the text in pieces with pauses.
        case dribble(String, piece: Int, pause: Duration)
        case pause(Duration)
        case close
        /// Closes with a TCP reset.
        case reset
    }

    /// How the server reacts; an empty list leaves the connection open and silent.
    package struct Script: Sendable {
        /// When the head is there; nil waits for the body.
        package var onHead: @Sendable (Request) -> [Action]?
        /// When the whole request is there.
        package var onRequest: @Sendable (Request) -> [Action]

        /// Reacts as these functions say.
        package init(
            onHead: @escaping @Sendable (Request) -> [Action]? = { _ in nil },
            onRequest: @escaping @Sendable (Request) -> [Action]
        ) {
            self.onHead = onHead
            self.onRequest = onRequest
        }
    }

    /// What arrived so far.
    package struct Record: Sendable {
        package var connections = 0
        package var closed = 0
        package var heads: [Request] = []
        package var requests: [Request] = []
        package var bodyBytes = 0
        /// What came after requests for an upgrade.
        package var upgraded: [UInt8] = []

        /// Nothing.
        package init() {}
    }

    private let channel: any Channel
    private let record: SharedRecord
    private let scheme: String

    /// Listens on a free port.
    ///
    /// - Parameter tls: how it proves who it is; nil for plain HTTP.
    package static func start(
        _ script: Script, tls: NIOSSLContext? = nil
    ) async throws -> ScriptedServer {
        let record = SharedRecord()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = record.update { record in
                        record.connections += 1
                        return record.connections
                    }
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLServerHandler(context: tls))
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        ScriptHandler(script, record: record, connection: connection))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ScriptedServer(
            channel: channel, record: record, scheme: tls == nil ? "http" : "https")
    }

    private init(channel: any Channel, record: SharedRecord, scheme: String) {
        self.channel = channel
        self.record = record
        self.scheme = scheme
    }

    /// The address to call.
    package var url: String { "\(scheme)://127.0.0.1:\(port)" }
    /// The port that it listens on.
    package var port: Int { channel.localAddress?.port ?? 0 }
    /// What arrived so far.
    package var received: Record { record.update { $0 } }

    /// Stops listening; open connections stay.
    package func stop() async throws {
        try await channel.close()
    }

    /// The text of an HTTP answer.
    package static func text(
        _ status: Int, _ body: String, headers: [String: String] = [:], length: Int? = nil
    ) -> String {
        var text = "HTTP/1.1 \(status) Scripted\r\n"
        text += "Content-Length: \(length ?? body.utf8.count)\r\n"
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            text += "\(name): \(value)\r\n"
        }
        return text + "\r\n" + body
    }
}

extension ScriptedServer.Script {
    /// The same reaction to every whole request.
    package static func always(_ actions: ScriptedServer.Action...) -> Self {
        Self(onRequest: { _ in actions })
    }

    /// An HTTP answer to every request.
    package static func answer(_ status: Int, _ body: String, headers: [String: String] = [:])
        -> Self
    {
        .always(.send(ScriptedServer.text(status, body, headers: headers)))
    }

    /// The n-th reaction to the n-th request; the last one from then on.
    package static func inTurn(_ reactions: [[ScriptedServer.Action]]) -> Self {
        let turn = Turn()
        return Self(onRequest: { _ in reactions[min(turn.next(), reactions.count - 1)] })
    }

    private final class Turn: Sendable {
        private let count = Atomic(0)
        func next() -> Int { count.add(1, ordering: .relaxed).oldValue }
    }
}

/// A record that connections share.
final class SharedRecord: Sendable {
    private let record = Mutex(ScriptedServer.Record())

    func update<Value: Sendable>(_ change: (inout ScriptedServer.Record) -> Value) -> Value {
        record.withLock { change(&$0) }
    }
}
