import Foundation
import JSON
@testable import MCP
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite(.timeLimit(.minutes(2))) struct FrameReaderTests {
    @Test func framesAreCutAtNewlinesHoweverTheBytesCome() {
        let text = Array("{\"a\":1}\r\n\n  \n[2]\nlast".utf8)
        for size in 1...text.count {
            var reader = FrameReader(bytesMax: 100)
            var found: [FrameReader.Found] = []
            var rest = text[...]
            while !rest.isEmpty {
                found += reader.take(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            if let last = reader.finish() { found.append(last) }
            #expect(
                found == ["{\"a\":1}", "[2]", "last"].map { .frame(Array($0.utf8)) }, "\(size)")
        }
    }

    @Test func aLineOverTheLimitIsSkippedToItsEnd() {
        var reader = FrameReader(bytesMax: 4)
        #expect(reader.take(Array("12345".utf8)).isEmpty)
        #expect(
            reader.take(Array("678\n1234\n12345\n".utf8)).map { $0 == .oversized }
                == [true, false, true])
        #expect(reader.take(Array("99999".utf8)).isEmpty)
        #expect(reader.finish() == .oversized)
        #expect(reader.finish() == nil)
    }
}

@Suite(.serialized, .timeLimit(.minutes(2))) struct StdioTests {
    /// A transport on two pipes with the client's ends.
    private final class Line: Sendable {
        let transport: StdioTransport
        let session: Session
        private let serverEnds: Mutex<[Int32]>
        let input: Int32
        let output: Int32

        init(_ definition: ServerDefinition) throws {
            signal(SIGPIPE, SIG_IGN)
            var toServer: [Int32] = [-1, -1]
            var toClient: [Int32] = [-1, -1]
            #expect(pipe(&toServer) == 0)
            #expect(pipe(&toClient) == 0)
            serverEnds = Mutex([toServer[0], toClient[1]])
            input = toServer[1]
            output = toClient[0]
            session = Session(
                definition: definition, principal: Principal(name: "ada"), kind: .connection)
            transport = try StdioTransport(
                session: session, input: toServer[0], output: toClient[1])
        }

        /// Closes the server's ends, as its exit would.
        func endServer() {
            serverEnds.withLock { ends in
                for end in ends { close(end) }
                ends = []
            }
        }

        /// Whether the pipe to the client has no room for a page.
        var isOutputFull: Bool {
            serverEnds.withLock { ends in
                var polled = pollfd(fd: ends[1], events: Int16(POLLOUT), revents: 0)
                return poll(&polled, 1, 0) == 0
            }
        }

        func write(_ text: String) { writeAll(Array(text.utf8), to: input) }
    }

    private func ping(_ id: Int) -> String {
        Peer.frame("ping", [:], id: .int(id)) + "\n"
    }

    /// Everything up to the end of a descriptor, read on a thread of its own.
    private func all(_ descriptor: Int32) async -> [String] {
        await withCheckedContinuation { continuation in
            onThread {
                var bytes: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 65_536)
                while true {
                    let count = read(descriptor, &buffer, buffer.count)
                    if count <= 0 { break }
                    bytes += buffer[..<count]
                }
                close(descriptor)
                let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
                continuation.resume(returning: lines.map(String.init))
            }
        }
    }

    /// Runs a transport while `client` talks, and returns the frames that were written.
    private func converse(
        _ definition: ServerDefinition = .stub(), _ client: @escaping @Sendable (Line) -> Void
    ) async throws -> [JSONValue] {
        let line = try Line(definition)
        let output = dup(line.output)
        close(line.output)
        async let lines: [String] = all(output)
        onThread { client(line) }
        await line.transport.run()
        line.endServer()
        return try await lines.map { try JSONValue(parsing: $0) }
    }

    @Test func halfFramesAreJoinedAndEOFEndsTheConnection() async throws {
        let answers = try await converse { line in
            let frame = self.ping(1) + self.ping(2)
            for byte in frame { line.write(String(byte)) }
            line.write(String(self.ping(3).dropLast()))
            close(line.input)
        }
        #expect(answers.map { $0["id"] } == [1, 2, 3])
    }

    @Test func anOversizedFrameIsAnsweredAndTheConnectionLives() async throws {
        let definition = ServerDefinition.stub { $0.limits.frameBytesMax = 1_000 }
        let answers = try await converse(definition) { line in
            line.write(String(repeating: "x", count: 300_000) + "\n" + "not json\n" + self.ping(1))
            close(line.input)
        }
        #expect(answers.map { $0["error"]?["code"] } == [-32600, -32700, nil])
        #expect(answers.last?["id"] == 1)
    }

    @Test func aClientThatReadsSlowlyGetsWholeFramesInOrder() async throws {
        let big = String(repeating: "é", count: 50_000)
        let definition = ServerDefinition.stub(
            bodies: ["echo": { _, _ in .result(.text(big)) }]
        ) {
            $0.limits.writeBacklogMax = 4
            $0.limits.flushTimeout = .seconds(60)
        }
        let line = try Line(definition)
        onThread {
            for id in 0..<60 {
                line.write(Peer.modernFrame("tools/call", ["name": "echo"], id: .int(id)) + "\n")
            }
            close(line.input)
        }
        async let ran: Void = line.transport.run()
        // Nothing is read until the pipe must be full.
        #expect(try await eventually { line.session.inFlightCount > 4 })
        async let lines: [String] = all(line.output)
        await ran
        line.endServer()
        let answers = try await lines.map { try JSONValue(parsing: $0) }
        #expect(Set(answers.compactMap { $0["id"]?.int }) == Set(0..<60))
        #expect(answers.count == 60)
    }

    @Test func callsMayAnswerForAMomentAfterTheEndOfTheInput() async throws {
        let go = Broadcast()
        let gate = go.stream()
        let definition = ServerDefinition.stub(
            bodies: [
                "echo": { _, _ in
                    for await _ in gate { break }
                    return .result(.text("late"))
                }
            ])
        let answers = try await converse(definition) { line in
            line.write(Peer.modernFrame("tools/call", ["name": "echo"], id: 1) + "\n")
            while line.session.inFlightCount == 0 { usleep(1_000) }
            close(line.input)
            usleep(20_000)
            go.tell()
        }
        #expect(answers.map { $0["id"] } == [1])
    }

    @Test func callsThatDoNotEndAreCutAfterTheFlushTime() async throws {
        let tally = Tally()
        let definition = ServerDefinition.stub(
            bodies: [
                "echo": { _, _ in
                    defer { tally.ended() }
                    try await ContinuousClock().sleep(for: .seconds(600))
                    return .result(.text(""))
                }
            ]) { $0.limits.flushTimeout = .milliseconds(50) }
        let answers = try await converse(definition) { line in
            line.write(Peer.modernFrame("tools/call", ["name": "echo"], id: 1) + "\n")
            close(line.input)
        }
        #expect(answers.isEmpty)
        #expect(tally.endedCount == 1)
    }

    @Test func aClientThatIsGoneEndsTheConnection() async throws {
        let line = try Line(.stub())
        close(line.output)
        line.write(ping(1))
        await line.transport.run()
        close(line.input)
        line.endServer()
    }

    @Test func stopEndsTheConnectionWithoutEOF() async throws {
        let line = try Line(.stub())
        async let lines: [String] = all(line.output)
        async let ran: Void = line.transport.run()
        line.write(ping(1))
        line.transport.stop()
        await ran
        line.endServer()
        close(line.input)
        #expect(await lines.count <= 1)
    }

    @Test func halfALineIsNoFrameWhenTheServerStops() async throws {
        let answered = Tally()
        let line = try Line(
            .stub(bodies: [
                "echo": { _, _ in
                    answered.ended()
                    return .result(.text(""))
                }
            ]))
        async let lines: [String] = all(line.output)
        async let ran: Void = line.transport.run()
        line.write(Peer.modernFrame("tools/call", ["name": "echo"]) + "\n" + #"{"jsonrpc":"2.0","#)
        #expect(try await eventually { answered.endedCount == 1 })
        line.transport.stop()
        await ran
        line.endServer()
        close(line.input)
        let answers = try await lines.map { try JSONValue(parsing: $0) }
        #expect(answers.count == 1)
        #expect(answers.first?["result"] != nil)
    }

    @Test func questionsEndWithTheInputThatCouldAnswerThem() async throws {
        let definition = ServerDefinition.stub(
            bodies: [
                "echo": { _, context in
                    let answer = try await context.ask("name", .form(StubForms.name))
                    return .result(.text("\(answer)"))
                }
            ]) { $0.limits.flushTimeout = .seconds(60) }
        let start = ContinuousClock.now
        let answers = try await converse(definition) { line in
            let opening: JSONValue = [
                "protocolVersion": "2025-11-25", "capabilities": ["elicitation": [:]],
            ]
            line.write(Peer.frame("initialize", opening, id: 0) + "\n")
            line.write(Peer.frame("tools/call", ["name": "echo"], id: 1) + "\n")
            close(line.input)
        }
        #expect(ContinuousClock.now - start < .seconds(50))
        #expect(answers.last?["id"] == 1)
        #expect(answers.last?["result"]?["isError"] == true)
    }

    @Test func stopEndsTheConnectionOfAClientThatDoesNotRead() async throws {
        let line = try Line(
            .stub {
                $0.limits.writeBacklogMax = 1
                $0.limits.flushTimeout = .milliseconds(50)
            })
        let (written, pad) = (Tally(), JSONValue.string(String(repeating: "x", count: 4_000)))
        let frame = Peer.frame("nothing", [:], id: pad) + "\n"
        onThread {
            // More than the two pipes and the queue hold: the reader has to wait for the writer.
            for _ in 0..<100 { line.write(frame) }
            written.ended()
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await line.transport.run() }
            // The pipe to the client is full when it takes no more.
            let isFull = await holds { line.isOutputFull }
            #expect(isFull)
            line.transport.stop()
            await group.waitForAll()
        }
        close(line.output)
        line.endServer()
        #expect(try await eventually { written.endedCount == 1 })
        close(line.input)
    }

    @Test func cancellationEndsAtOnceEvenWhenTheClientDoesNotRead() async throws {
        let big = String(repeating: "x", count: 200_000)
        let line = try Line(.stub(bodies: ["echo": { _, _ in .result(.text(big)) }]))
        for id in 0..<4 {
            line.write(Peer.modernFrame("tools/call", ["name": "echo"], id: .int(id)) + "\n")
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await line.transport.run() }
            _ = try? await eventually { line.session.inFlightCount == 0 }
            group.cancelAll()
        }
        close(line.input)
        close(line.output)
        line.endServer()
    }

    @Test func inputMayBeAFile() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("frames")
        let file = open(path, O_RDWR | O_CREAT, 0o600)
        writeAll(Array((ping(1) + ping(2)).utf8), to: file)
        lseek(file, 0, SEEK_SET)
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        let session = Session(
            definition: .stub(), principal: Principal(name: "ada"), kind: .connection)
        let transport = try StdioTransport(session: session, input: file, output: ends[1])
        let (reading, writing) = (ends[0], ends[1])
        async let lines: [String] = all(reading)
        await transport.run()
        close(writing)
        close(file)
        #expect(await lines.count == 2)
    }
}

private func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
    var offset = 0
    while offset < bytes.count {
        let count = bytes.withUnsafeBytes { buffer in
            write(descriptor, buffer.baseAddress?.advanced(by: offset), bytes.count - offset)
        }
        if count <= 0 { return }
        offset += count
    }
}

/// Runs blocking code on a thread of its own.
private func onThread(_ body: @escaping @Sendable () -> Void) {
    Thread.detachNewThread(body)
}
