internal import Foundation
internal import JSON
internal import Subprocess
internal import TestSupport
internal import Testing

/// How `komodo-mcp serve` ends on standard input and output.
@Suite(.timeLimit(.minutes(3))) struct ServeEndTests {
    /// What ends a server.
    enum Reason: String, Sendable, CaseIterable, CustomTestStringConvertible {
        case endOfInput, interrupt, terminate

        var testDescription: String { rawValue }

        /// Gives the reason; the peer closes the input itself afterwards.
        func give(to peer: MCPPeer) async throws {
            switch self {
            case .endOfInput: return
            case .interrupt: peer.signal(SIGINT)
            case .terminate: peer.signal(SIGTERM)
            }
            // Ends by the signal alone: the input is still open.
            #expect(try await peer.next() == nil)
        }
    }

    @Test(arguments: Reason.allCases)
    func anIdleServerEndsWell(reason: Reason) async throws {
        let programs = try Programs.unreachable()
        let ended = try await MCPPeer.with(programs) { peer in
            try await peer.open()
            try await reason.give(to: peer)
        }
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(ended.rest.isEmpty)
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test(arguments: Reason.allCases)
    func aCallThatWaitsEndsWithTheServerAndItsJobStays(reason: Reason) async throws {
        let programs = try Programs.unreachable()
        let run = try await programs.jobs("run", "deploy", "web", "-q")
        let id = try #require(run.lines.first, "\(run.err)")
        let ended = try await MCPPeer.with(programs) { peer in
            try await peer.open()
            try await peer.send(
                "tools/call",
                [
                    "name": "komodo_jobs_Wait",
                    "arguments": ["job_id": .string(id), "wait_seconds": 45],
                ], id: "waiting")
            // Requests are registered in their order, so the call is at work by now.
            _ = try await peer.request("ping")
            try await reason.give(to: peer)
        }
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(ended.rest.count <= 1)
        #expect(ended.rest.allSatisfy { $0["id"] == "waiting" }, "\(ended.rest)")
        let show = try await programs.jobs("show", id, "-f", "json").json
        #expect(show?["status"] == "pending")
        #expect(try await programs.isQuietInTheEnd())
    }

    /// How long calls may take to answer after the end of the input.
    private static let flushTimeout: Duration = .seconds(1)

    @Test func whatWasAskedBeforeTheEndOfTheInputIsAnswered() async throws {
        let programs = try Programs.unreachable()
        let pings: Int64 = 50
        let ended = try await MCPPeer.with(programs) { peer in
            try await peer.open()
            for id in 0..<pings { try await peer.send("ping", id: .int(id)) }
            try await peer.send(
                "tools/call", ["name": "komodo_jobs_List", "arguments": [:]], id: .int(pings))
            return ContinuousClock.now
        }
        let taken = ended.value.duration(to: .now)
        let answered = ended.rest.compactMap { $0["id"]?.int }.sorted()
        // On a machine that stands still the time may run out first, but not before it has.
        #expect(answered == Array(0...pings) || taken >= Self.flushTimeout, "\(taken)")
        #expect(answered == Set(answered).intersection(0...pings).sorted())
        #expect(ended.rest.allSatisfy { $0["result"] != nil })
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test func halfAFrameAtTheEndIsAnsweredWithAnError() async throws {
        let programs = try Programs.unreachable()
        let ended = try await MCPPeer.with(programs) { peer in
            try await peer.open()
            try await peer.write(#"{"jsonrpc":"2.0","id":4,"method":"ping""#)
        }
        #expect(ended.rest.compactMap { $0["error"]?["code"] } == [-32700], "\(ended.rest)")
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test func aServerWithoutAnyInputEndsAtOnce() async throws {
        let programs = try Programs.unreachable()
        let outcome = try await programs.run("sh", ["-c", "komodo-mcp </dev/null"])
        #expect(outcome.code == 0, "\(outcome.err)")
        #expect(outcome.out.isEmpty)
        #expect(try await programs.isQuietInTheEnd())
    }
}
