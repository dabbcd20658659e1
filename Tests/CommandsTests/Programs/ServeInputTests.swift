internal import Foundation
internal import JSON
internal import Subprocess
internal import TestSupport
internal import Testing

/// What clients send wrongly to `komodo-mcp serve`.
@Suite(.timeLimit(.minutes(3))) struct ServeInputTests {
    /// A line that is answered with an error.
    struct Wrong: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let line: String
        let code: JSONValue
        let id: JSONValue?

        init(_ name: String, _ line: String, _ code: JSONValue, id: JSONValue? = nil) {
            testDescription = name
            self.line = line
            self.code = code
            self.id = id
        }
    }

    private static let frameBytesMax = 8 << 20

    static let wrongLines: [Wrong] = [
        Wrong("not JSON", "GET / HTTP/1.1", -32700),
        Wrong("half a frame", #"{"jsonrpc":"2.0","id":4,"method":"#, -32700),
        Wrong("two frames", #"{"jsonrpc":"2.0","id":4,"method":"ping"}{}"#, -32700),
        Wrong("not UTF-8 text", "\u{0}\u{1}", -32700),
        Wrong(
            "deep nesting",
            String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000), -32700
        ),
        Wrong(
            "deep arguments",
            #"{"jsonrpc":"2.0","id":4,"method":"tools/call","params":"#
                + String(repeating: #"{"a":"#, count: 100) + "1"
                + String(repeating: "}", count: 101),
            -32700),
        Wrong(
            "too long",
            #"{"jsonrpc":"2.0","id":4,"method":"ping","params":{"a":""#
                + String(repeating: "a", count: frameBytesMax) + #""}}"#, -32600),
        Wrong("no object", "7", -32600),
        Wrong("a batch", #"[{"jsonrpc":"2.0","id":4,"method":"ping"}]"#, -32600),
        Wrong("no version", #"{"id":4,"method":"ping"}"#, -32600, id: 4),
        Wrong("no method", #"{"jsonrpc":"2.0","id":4}"#, -32600, id: 4),
        Wrong(
            "unknown method", #"{"jsonrpc":"2.0","id":"four","method":"tools/run"}"#, -32601,
            id: "four"),
        Wrong(
            "unknown tool",
            #"{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"komodo_execute_Destroy","arguments":{"id":"web"}}}"#,
            -32602, id: 4),
        Wrong(
            "wrong types", #"{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":7}}"#,
            -32602, id: 4),
        Wrong(
            "initialize again",
            #"{"jsonrpc":"2.0","id":4,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{}}}"#,
            -32600, id: 4),
    ]

    @Test(arguments: wrongLines)
    func aWrongLineIsAnsweredWithItsErrorAndTheConnectionLives(wrong: Wrong) async throws {
        let programs = try Programs.unreachable()
        let ended = try await MCPPeer.with(programs) { peer in
            try await peer.open()
            try await peer.write(wrong.line + "\n")
            let answer = try #require(try await peer.next())
            #expect(answer["error"]?["code"] == wrong.code, "\(answer)")
            #expect(answer["error"]?["message"]?.string?.isEmpty == false)
            #expect(answer["id"] == wrong.id)
            #expect(try await peer.request("ping") == [:])
            #expect(try await peer.jobsTotal() == 0)
            #expect(peer.others.isEmpty)
        }
        #expect(ended.rest.isEmpty)
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test func aFrameInPiecesIsOneFrame() async throws {
        let programs = try Programs.unreachable()
        let ended = try await MCPPeer.with(programs) { peer in
            try await peer.open()
            // An answer between the pieces would come out before that of the whole.
            for piece in [#"{"jsonrpc":"2.0","#, #""id":4,"met"#, "hod\":\"ping\"}\r\n\n"] {
                try await peer.write(piece)
            }
            return try #require(try await peer.next())
        }
        #expect(ended.value == ["jsonrpc": "2.0", "id": 4, "result": [:]])
        #expect(ended.rest.isEmpty)
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test(
        arguments: [
            ("tools/list", [:]), ("resources/list", [:]),
            ("tools/call", ["name": "komodo_execute_Deploy", "arguments": ["id": "web"]]),
        ] as [(String, JSONValue)])
    func aRequestBeforeInitializeIsRefused(method: String, params: JSONValue) async throws {
        let programs = try Programs.unreachable()
        let ended = try await MCPPeer.with(programs) { peer in
            let answer = try await peer.exchange(method, params)
            #expect(answer["error"]?["code"] == -32600, "\(answer)")
            #expect(answer["error"]?["message"]?.string?.contains("initialize") == true)
            #expect(try await peer.request("ping") == [:])
            try await peer.open()
            #expect(try await peer.jobsTotal() == 0)
        }
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test func anIdThatIsAtWorkIsRefusedAndFreeAfterwards() async throws {
        let programs = try Programs.unreachable()
        let run = try await programs.jobs("run", "deploy", "web", "-q")
        let job = JSONValue.string(try #require(run.lines.first, "\(run.err)"))
        let ended = try await MCPPeer.with(programs) { peer in
            try await peer.open()
            try await peer.send(
                "tools/call",
                ["name": "komodo_jobs_Wait", "arguments": ["job_id": job, "wait_seconds": 45]],
                id: 4)
            try await peer.send(
                "tools/call",
                ["name": "komodo_execute_Deploy", "arguments": ["id": "api"]], id: 4)
            let refusal = try #require(try await peer.next())
            #expect(refusal["id"] == 4)
            #expect(refusal["error"]?["code"] == -32600, "\(refusal)")
            try await peer.send([
                "jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": 4],
            ])
            try await peer.send("ping", id: 4)
            #expect(try await peer.next() == ["jsonrpc": "2.0", "id": 4, "result": [:]])
            #expect(try await peer.jobsTotal() == 1)
            #expect(peer.others.isEmpty)
        }
        #expect(ended.rest.isEmpty)
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test func argumentsThatDoNotFitAreToldToTheModelAndQueueNothing() async throws {
        let programs = try Programs.unreachable()
        let wrong: [JSONValue] = [
            [:], ["id": 7], ["id": "web", "wait_seconds": 4_600], ["id": "web", "option": true], [],
        ]
        let ended = try await MCPPeer.with(programs) { peer in
            try await peer.open()
            for arguments in wrong {
                let answer = try await peer.exchange(
                    "tools/call", ["name": "komodo_execute_Deploy", "arguments": arguments])
                let isRefused =
                    answer["result"]?["isError"] == true || answer["error"]?["code"] == -32602
                #expect(isRefused, "\(arguments): \(answer)")
            }
            #expect(try await peer.jobsTotal() == 0)
        }
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test func anUnknownJobIsNotFound() async throws {
        let programs = try Programs.unreachable()
        let ended = try await MCPPeer.with(programs) { peer in
            try await peer.open()
            for tool in ["Get", "Wait", "Logs", "Cancel", "Retry"] {
                let answer = try await peer.call(
                    "komodo_jobs_" + tool, ["job_id": .string(Fixture.plain)])
                #expect(answer["code"] == "NOT_FOUND", "\(tool): \(answer)")
            }
        }
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test func aRevisionFromTheFutureIsAnsweredWithTheNewestOfTheHandshake() async throws {
        let programs = try Programs.unreachable()
        let ended = try await MCPPeer.with(programs) { peer in
            let opening = try await peer.open("2030-01-01")
            #expect(opening["protocolVersion"] == "2025-11-25")
            #expect(try await peer.jobsTotal() == 0)
        }
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }
}
