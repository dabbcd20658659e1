internal import JSON
internal import Logging
internal import Testing

@testable import MCP
@testable import MCPHTTP

/// How much a session keeps of calls that are over, for a client that comes back.
@Suite(.timeLimit(.minutes(2)))
struct ReplayBoundsTests {
    private static let limits = HTTPLimits()

    private static func entry() -> HTTPSession {
        let definition = ServerDefinition(
            info: ServerInfo(name: "test", version: "1"), tools: TestTools(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let principal = Principal(name: "first")
        return HTTPSession(
            Session(definition: definition, principal: principal, kind: .session),
            Holder(principal: principal, tokenHash: [1]), limits: limits)
    }

    /// Streams that have ended with a message of so many bytes or more, the oldest first.
    private static func finish(
        _ count: Int, of entry: HTTPSession, bytes: Int
    ) async -> [EventStream] {
        var streams: [EventStream] = []
        let pad = JSONValue.string(String(repeating: "x", count: bytes))
        for _ in 0..<count {
            let stream = entry.openStream()
            await stream.append(.notification("test", ["pad": pad]))
            stream.end()
            streams.append(stream)
        }
        entry.trim()
        return streams
    }

    @Test func finishedStreamsAreBoundedInNumber() async {
        let entry = Self.entry()
        let most = Self.limits.replayStreamsMax
        let streams = await Self.finish(most + 10, of: entry, bytes: 1)
        let kept = streams.filter { entry.stream($0.index) != nil }
        #expect(kept.map(\.index) == streams.suffix(most).map(\.index))
    }

    @Test func finishedStreamsAreBoundedInBytes() async {
        let entry = Self.entry()
        let streams = await Self.finish(5, of: entry, bytes: Self.limits.replayBytesMax * 2 / 5)
        let kept = streams.filter { entry.stream($0.index) != nil }
        #expect(kept.map(\.index) == streams.suffix(2).map(\.index))
        // The newest is kept whatever its size.
        let large = await Self.finish(1, of: entry, bytes: Self.limits.replayBytesMax * 2)
        #expect(large.allSatisfy { entry.stream($0.index) != nil })
        #expect(streams.allSatisfy { entry.stream($0.index) == nil })
    }
}
