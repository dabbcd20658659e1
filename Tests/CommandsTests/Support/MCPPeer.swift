internal import Foundation
internal import JSON
internal import Subprocess
internal import TestSupport
internal import Testing

/// A client of `komodo-mcp serve` on its standard input and output.
final class MCPPeer {
    /// What became of a server, with what the test found out before.
    struct Ending<Value: Sendable>: Sendable {
        let value: Value
        /// What the server still sent after the test was done with it.
        let rest: [JSONValue]
        let status: TerminationStatus
        let err: String
    }

    /// What a server sent that is no whole line of JSON.
    struct Torn: Error {
        let text: String
    }

    let pid: Int32
    /// Messages that were no answers, in their order.
    private(set) var others: [JSONValue] = []

    private let input: StandardInputWriter
    private var output: SubprocessOutputSequence.Iterator
    private var bytes: [UInt8] = []
    private var lastID: Int64 = 0

    private static let frameBytesMax = 16 << 20
    private static let errorBytesMax = 16 << 20
    /// How long a server may take to end; then it is killed, which its status shows.
    private static let endMax = Duration.seconds(60)

    private init(input: StandardInputWriter, output: SubprocessOutputSequence.Iterator, pid: Int32)
    {
        self.input = input
        self.output = output
        self.pid = pid
    }

    /// Runs `body` beside a server, then closes the server's input and waits for its end.
    static func with<Value: Sendable>(
        _ programs: Programs, _ arguments: [String] = ["serve"],
        _ body: (MCPPeer) async throws -> Value
    ) async throws -> Ending<Value> {
        let result = try await Subprocess.run(
            .name("komodo-mcp"), arguments: Arguments(arguments),
            environment: programs.environment, input: .inputWriter, output: .sequence,
            error: .string(limit: errorBytesMax)
        ) { execution in
            let peer = MCPPeer(
                input: execution.standardInputWriter,
                output: execution.standardOutput.makeAsyncIterator(),
                pid: execution.processIdentifier.value)
            do {
                let value = try await body(peer)
                return (value, try await peer.end())
            } catch {
                peer.signal(SIGKILL)
                throw error
            }
        }
        return Ending(
            value: result.closureResult.0, rest: result.closureResult.1,
            status: result.terminationStatus, err: result.standardError)
    }

    /// Sends the server a signal.
    func signal(_ number: Int32) { kill(pid, number) }

    // MARK: Messages

    /// Sends text as it is.
    func write(_ text: String) async throws { _ = try await input.write(text) }

    /// Sends one frame.
    func send(_ frame: JSONValue) async throws { try await write(frame.serialized() + "\n") }

    /// Sends a request and does not wait for its answer.
    func send(_ method: String, _ params: JSONValue = [:], id: JSONValue) async throws {
        try await send(["jsonrpc": "2.0", "id": id, "method": .string(method), "params": params])
    }

    /// The next message; nil at the end of the output.
    func next() async throws -> JSONValue? {
        guard let line = try await line() else { return nil }
        return try JSONValue(parsing: line)
    }

    /// The whole answer to a request.
    func exchange(_ method: String, _ params: JSONValue = [:]) async throws -> JSONValue {
        lastID += 1
        let id = JSONValue.string("peer-\(lastID)")
        try await send(method, params, id: id)
        while let message = try await next() {
            if message["id"] == id, message["method"] == nil { return message }
            others.append(message)
        }
        Issue.record("The server ended without an answer to \(method)")
        return .null
    }

    /// The result of a request that succeeds.
    func request(_ method: String, _ params: JSONValue = [:]) async throws -> JSONValue {
        let answer = try await exchange(method, params)
        return try #require(answer["result"], "\(answer)")
    }

    /// Opens the connection as clients of 2025-11-25 do.
    ///
    /// - Returns: the result of `initialize`.
    @discardableResult
    func open(_ revision: String = "2025-11-25") async throws -> JSONValue {
        let result = try await request(
            "initialize",
            [
                "protocolVersion": .string(revision), "capabilities": [:],
                "clientInfo": ["name": "peer", "version": "1"],
            ])
        try await send(["jsonrpc": "2.0", "method": "notifications/initialized"])
        return result
    }

    /// What a tool answers, error or not.
    func call(_ tool: String, _ arguments: JSONValue = [:]) async throws -> JSONValue {
        let result = try await request(
            "tools/call", ["name": .string(tool), "arguments": arguments])
        return try #require(result["structuredContent"], "\(result)")
    }

    /// How many jobs the server knows.
    func jobsTotal() async throws -> Int64? {
        try await call("komodo_jobs_List")["data"]?["total"]?.int
    }

    // MARK: Lines

    private func end() async throws -> [JSONValue] {
        let watchdog = Self.killer(of: pid)
        defer { watchdog.cancel() }
        try await input.finish()
        var rest: [JSONValue] = []
        while let message = try await next() { rest.append(message) }
        return rest
    }

    /// Kills a server that does not end, unless it is cancelled before.
    private static func killer(of pid: Int32) -> Task<Void, Never> {
        Task {
            // Nothing is waited for but the time; a cancellation throws.
            let isOver = try? await eventually(within: endMax, every: .seconds(1)) { false }
            if isOver == false { kill(pid, SIGKILL) }
        }
    }

    /// The next line without its end; nil at the end of the output.
    private func line() async throws -> [UInt8]? {
        var searched = 0
        while true {
            if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { bytes.removeSubrange(...end) }
                return Array(bytes[..<end])
            }
            searched = bytes.count
            guard bytes.count < Self.frameBytesMax, let more = try await output.next() else {
                guard bytes.isEmpty else {
                    throw Torn(text: String(decoding: bytes.prefix(1_000), as: UTF8.self))
                }
                return nil
            }
            more.withUnsafeBytes { bytes.append(contentsOf: $0) }
        }
    }
}
