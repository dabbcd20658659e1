import JSON
import MCP
import Synchronization
import TestSupport
import Testing

/// Random and mutated frames: nothing crashes or hangs, and every request is answered once.
@Suite(.timeLimit(.minutes(2))) struct FuzzTests {
    private static let frames: [String] = [
        Peer.frame("initialize", ["protocolVersion": "2025-11-25", "capabilities": [:]], id: 1),
        Peer.frame("tools/list", ["cursor": "after-1"], id: 2),
        Peer.frame(
            "tools/call",
            ["name": "echo", "arguments": ["a": [1, "é\n", nil]], "task": ["ttl": 5]], id: "x"),
        Peer.frame("resources/read", ["uri": "test://a"], id: 3),
        Peer.frame("prompts/get", ["name": "greet", "arguments": ["who": "A"]], id: 4),
        Peer.frame("logging/setLevel", ["level": "info"], id: 5),
        Peer.frame("tasks/get", ["taskId": "t"], id: 6),
        Peer.frame(
            "completion/complete",
            [
                "ref": ["type": "ref/prompt", "name": "greet"],
                "argument": ["name": "who", "value": ""],
            ], id: 7),
        Peer.modernFrame("server/discover", id: 8),
        Peer.modernFrame(
            "tools/call", ["name": "ask", "requestState": "AA", "inputResponses": ["k": [:]]],
            id: 9, capabilities: ["elicitation": [:]]),
        Peer.modernFrame(
            "subscriptions/listen", ["notifications": ["taskIds": ["t"], "toolsListChanged": 1]],
            id: 10),
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}"#,
        #"{"jsonrpc":"2.0","id":"ask-1","result":{"action":"accept"}}"#,
        #"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"ping"}]"#,
    ]
    private static let scraps = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "null", "true", "-",
        "1e999",
        "0", "99999999999999999999", "\"id\"", "\"method\"", "\"params\"", "\"_meta\"", "[[[[[[[[",
        "\u{0}", "\u{FEFF}", "\"jsonrpc\":\"2.0\"", "\"2026-07-28\"", "\"result\":{}",
    ].map { Array($0.utf8) }

    private static func mutated(_ random: inout SeededRandom) -> [UInt8] {
        if random.once(in: 12) {
            return (0..<random.below(40)).map { _ in UInt8(random.below(256)) }
        }
        var bytes = Array(frames[random.below(frames.count)].utf8)
        for _ in 0..<random.below(4) {
            let at = random.below(bytes.count + 1)
            switch random.below(5) {
            case 0: bytes.insert(contentsOf: scraps[random.below(scraps.count)], at: at)
            case 1: bytes = Array(bytes[..<at])
            case 2 where at < bytes.count: bytes[at] = UInt8(random.below(256))
            case 3 where at < bytes.count:
                let end = min(bytes.count, at + random.below(12))
                bytes.removeSubrange(at..<end)
            default:
                let other = Array(frames[random.below(frames.count)].utf8)
                bytes.insert(contentsOf: other.prefix(random.below(other.count)), at: at)
            }
            if bytes.isEmpty { break }
        }
        return bytes
    }

    /// How many answers a frame is due, as an independent reading of it says.
    private static func due(_ frame: [UInt8]) -> ClosedRange<Int> {
        guard let value = try? JSONValue(parsing: frame, depthMax: 64) else { return 1...1 }
        guard let object = value.object else { return 0...1 }
        let isResponse =
            object["method"] == nil && (object["result"] != nil || object["error"] != nil)
        guard object["jsonrpc"] == "2.0" else { return 1...1 }
        if isResponse || (object["id"] == nil && object["method"]?.string != nil) { return 0...0 }
        return 1...1
    }

    private static func definition() -> ServerDefinition {
        let tasks = StubTasks()
        tasks.start("t")
        return .stub(
            tools: [
                Tool(name: "echo", inputSchema: ["type": "object"], taskSupport: .optional),
                Tool(name: "ask", inputSchema: ["type": "object"]),
            ],
            bodies: [
                "ask": { _, context in
                    _ = try await context.ask("k", .form(StubForms.sure))
                    return .result(.text(""))
                }
            ], changed: Broadcast(), tasks: tasks, clock: ManualClock().clock)
    }

    @Test(arguments: 0..<4) func everyRequestIsAnsweredOnce(seed: Int) async {
        var random = SeededRandom(seed)
        var peer = Peer(Self.definition())
        for round in 0..<26_000 {
            if round % 50 == 0 {
                peer = Peer(Self.definition())
                if !random.once(in: 4) {
                    await peer.open(Revision.allCases[random.below(4)])
                }
            }
            let frame = Self.mutated(&random)
            let count = await Self.answers(to: frame, peer)
            let due = Self.due(frame)
            if !due.contains(count) {
                Issue.record(
                    "\(count) answers to \(String(decoding: frame, as: UTF8.self)), seed \(seed)")
            }
        }
    }

    /// Runs a frame to its end; a subscription stream is ended as soon as it is open.
    private static func answers(to frame: [UInt8], _ peer: Peer) async -> Int {
        let answers = Mutex(0)
        switch peer.session.receive(frame) {
        case .nothing: break
        case .reply: answers.withLock { $0 += 1 }
        case .call(let call):
            await call.run { message in
                switch message.kind {
                case .response: answers.withLock { $0 += 1 }
                case .notification: if call.isListening { peer.session.shutDown() }
                case .request(let id):
                    let response: JSONValue = [
                        "jsonrpc": "2.0", "id": id.json, "result": ["action": "decline"],
                    ]
                    _ = peer.session.receive(Array(response.serialized().utf8))
                }
            }
        }
        return answers.withLock { $0 }
    }

    @Test(arguments: [true, false])
    func callsThatAreCancelledMeanwhileAreAnsweredAtMostOnce(isModern: Bool) async {
        let peer = Peer(
            .stub(bodies: [
                "echo": { _, context in
                    context.report(progress: 1)
                    await Task.yield()
                    return .result(.text(""))
                }
            ]))
        await peer.open(.november2025)
        let opened = peer.received.count
        await withDiscardingTaskGroup { group in
            for id in 0..<1_000 {
                let params: JSONObject = ["name": "echo", "_meta": ["progressToken": .int(id)]]
                let frame =
                    isModern
                    ? Peer.modernFrame("tools/call", ["name": "echo"], id: .int(id))
                    : Peer.frame("tools/call", .object(params), id: .int(id))
                let call = peer.take(frame)
                group.addTask { await peer.run(call) }
                group.addTask {
                    if id.isMultiple(of: 3) { await Task.yield() }
                    peer.session.cancel(.number("\(id)"))
                }
            }
        }
        let answered = peer.received.dropFirst(opened).compactMap { $0["id"]?.int }
        #expect(Set(answered).count == answered.count)
        #expect(peer.session.inFlightCount == 0)
        #expect(await peer.modern("tools/call", ["name": "echo"], id: 1)["result"] != nil)
    }

    @Test func aThousandCallsAtOnceAreEachAnsweredOnce() async {
        let peer = Peer(.stub { $0.limits.inFlightMax = 1_000 })
        await withDiscardingTaskGroup { group in
            for id in 0..<1_000 {
                let call = peer.take(Peer.modernFrame("tools/call", ["name": "echo"], id: .int(id)))
                group.addTask { await peer.run(call) }
            }
        }
        #expect(Set(peer.received.compactMap { $0["id"]?.int }) == Set(0..<1_000))
        #expect(peer.received.count == 1_000)
        #expect(peer.session.inFlightCount == 0)
    }
}
