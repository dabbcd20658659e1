import JSON
import MCP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct CallTests {
    private struct Odd: Error {}

    /// A tool that waits until it is cancelled, and tells how it ended.
    private func waiting(_ ended: Tally) -> ServerDefinition {
        .stub(bodies: [
            "echo": { _, _ in
                ended.started()
                do {
                    try await ContinuousClock().sleep(for: .seconds(600))
                } catch {
                    ended.ended()
                }
                return .result(.text("late"))
            }
        ])
    }

    @Test func argumentsThatDoNotFitAreAResultForTheModel() async {
        let tool = Tool(
            name: "echo",
            inputSchema: [
                "type": "object",
                "properties": ["mode": ["enum": ["fast", "slow"]], "n": ["type": "integer"]],
                "required": ["mode"], "additionalProperties": false,
            ])
        let peer = Peer(.stub(tools: [tool]))
        await peer.open(.november2025)
        let answer = await peer.request(
            "tools/call", ["name": "echo", "arguments": ["mode": "quick", "n": "x", "o": 1]])
        #expect(answer["result"]?["isError"] == true)
        let text = answer["result"]?["content"]?.array?[0]["text"]?.string ?? ""
        for word in ["/mode", "fast", "slow", "quick", "/n must be an integer", "/o is not"] {
            #expect(text.contains(word), "\(text)")
        }
        let fine = await peer.request(
            "tools/call", ["name": "echo", "arguments": ["mode": "fast"]])
        #expect(fine["result"]?["content"]?.array?[0]["text"] == "called echo")
    }

    @Test func theOwnerOfAToolDecidesHowInvalidArgumentsAreAnswered() async {
        let tool = Tool(
            name: "echo",
            inputSchema: [
                "type": "object", "properties": ["mode": ["enum": ["fast", "slow"]]],
                "required": ["id"],
            ],
            taskSupport: .optional)
        let peer = Peer(
            .stub(tasks: StubTasks()) { $0.tools = RefusingTools(list: [tool]) })
        await peer.open(.november2025)
        let call: JSONValue = ["name": "echo", "arguments": ["mode": "quick"]]
        let answer = await peer.request("tools/call", call)
        let refusal: JSONValue = [
            "tool": "echo", "who": "ada",
            "details": [
                [
                    "path": "",
                    "expectation": #"must have the property "id", which is missing"#,
                    "value": nil, "allowed": [], "missing": "id",
                ],
                [
                    "path": "/mode", "expectation": #"must be one of "fast", "slow""#,
                    "value": "quick", "allowed": ["fast", "slow"], "missing": nil,
                ],
            ],
        ]
        #expect(answer["result"]?["isError"] == true)
        #expect(answer["result"]?["structuredContent"] == refusal)
        // A client that asked for a task can read an error only.
        let task: JSONValue = ["name": "echo", "arguments": ["mode": "quick"], "task": [:]]
        let failed = await peer.request("tools/call", task)
        #expect(failed["error"]?["code"] == -32602)
        #expect(failed["error"]?["data"] == refusal)
    }

    @Test(arguments: [
        #"{"name":"none"}"#, #"{}"#, #"{"name":7}"#, #"{"name":"echo","arguments":[]}"#,
    ])
    func malformedCallsAreInvalidParams(params: String) async throws {
        let peer = Peer()
        await peer.open(.june2025)
        let answer = await peer.request("tools/call", try JSONValue(parsing: params))
        #expect(answer["error"]?["code"] == -32602)
    }

    @Test func errorsOfProvidersPassOrBecomeInternal() async {
        let peer = Peer(
            .stub(
                tools: ["own", "odd"].map { Tool(name: $0) },
                bodies: [
                    "own": { _, _ in throw RPCError(code: 17, message: "mine", data: [1]) },
                    "odd": { _, _ in throw Odd() },
                ]))
        let own = await peer.modern("tools/call", ["name": "own"])
        #expect(own["error"] == ["code": 17, "message": "mine", "data": [1]])
        let odd = await peer.modern("tools/call", ["name": "odd"])
        #expect(odd["error"] == ["code": -32603, "message": "Internal error"])
    }

    @Test func anErrorWithoutACauseInTheAnswerIsInTheLog() async throws {
        let log = Notes<String>()
        let started = Tally()
        let peer = Peer(
            .stub(
                tools: ["gives up", "waits"].map { Tool(name: $0) },
                bodies: [
                    "gives up": { _, _ in throw CancellationError() },
                    "waits": { _, _ in
                        started.started()
                        try await ContinuousClock().sleep(for: .seconds(600))
                        return .result(.text(""))
                    },
                ]
            ) { $0.logger = LogRecorder.logger(to: log) })
        let answer = await peer.modern("tools/call", ["name": "gives up"])
        #expect(answer["error"]?["code"] == -32603)
        #expect(log.all == ["error: A request failed inside the server"])
        async let done: [JSONValue] = peer.send(
            Peer.modernFrame("tools/call", ["name": "waits"], id: 2))
        #expect(try await eventually { started.startedCount == 1 })
        peer.session.cancel(.number("2"))
        #expect(await done.isEmpty)
        #expect(log.all.count == 1)
    }

    @Test(arguments: [true, false])
    func aDuplicateIdIsRefusedWhileTheFirstIsAtWork(isModern: Bool) async {
        let peer = Peer()
        await peer.open(.november2025)
        let frame =
            isModern
            ? Peer.modernFrame("tools/call", ["name": "echo"], id: 7)
            : Peer.frame("tools/call", ["name": "echo"], id: 7)
        let first = peer.take(frame)
        #expect(peer.session.inFlightCount == 1)
        let second = await peer.send(frame)
        #expect(second.first?["error"]?["code"] == -32600)
        #expect(second.first?["id"] == 7)
        await peer.run(first)
        #expect(peer.received.last?["result"] != nil)
        #expect(peer.session.inFlightCount == 0)
        #expect(await peer.send(frame).first?["result"] != nil)
    }

    @Test(arguments: [("7", #""7""#), (#""\u00e9""#, #""e\u0301""#)])
    func idsWithOtherBytesAreOtherIds(first: String, second: String) async {
        let peer = Peer()
        await peer.open(.november2025)
        func frame(_ id: String) -> String {
            #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"echo"}}"#
        }
        let call = peer.take(frame(first))
        #expect(await peer.send(frame(second)).last?["result"] != nil)
        await peer.send(
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(second)}}"#
        )
        let before = peer.received.count
        await peer.run(call)
        #expect(peer.received.count == before + 1)
    }

    @Test(arguments: [true, false])
    func aRequestCancelledBeforeItRunsIsNeverAnswered(isModern: Bool) async {
        let peer = Peer()
        await peer.open(.november2025)
        let frame =
            isModern
            ? Peer.modernFrame("tools/call", ["name": "echo"], id: "x")
            : Peer.frame("tools/call", ["name": "echo"], id: "x")
        let call = peer.take(frame)
        let before = peer.received.count
        await peer.send(
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"x"}}"#)
        await peer.run(call)
        #expect(peer.received.count == before)
        #expect(peer.session.inFlightCount == 0)
        #expect(await peer.send(frame).first?["result"] != nil)
    }

    @Test(arguments: [true, false])
    func cancellingReachesTheHandlerAndSuppressesTheAnswer(isModern: Bool) async throws {
        let ended = Tally()
        let peer = Peer(waiting(ended))
        await peer.open(.november2025)
        let frame =
            isModern
            ? Peer.modernFrame("tools/call", ["name": "echo"], id: 1)
            : Peer.frame("tools/call", ["name": "echo"], id: 1)
        let before = peer.received.count
        async let done: [JSONValue] = peer.send(frame)
        #expect(try await eventually { ended.startedCount == 1 })
        await peer.send(
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
        _ = await done
        #expect(ended.endedCount == 1)
        #expect(peer.received.count == before)
    }

    @Test func cancellingTheSurroundingTaskCancelsTheRequest() async throws {
        let ended = Tally()
        let peer = Peer(waiting(ended), kind: .exchange)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await peer.send(Peer.modernFrame("tools/call", ["name": "echo"])) }
            _ = try? await eventually { ended.startedCount == 1 }
            group.cancelAll()
        }
        #expect(ended.endedCount == 1)
        #expect(peer.received.isEmpty)
    }

    @Test func requestsBeyondTheLimitAreRefused() async {
        let peer = Peer(.stub { $0.limits.inFlightMax = 2 })
        let calls = (0..<2).map { peer.take(Peer.modernFrame("tools/list", id: .int($0))) }
        #expect(await peer.modern("tools/list", id: 3)["error"]?["code"] == -32600)
        for call in calls { await peer.run(call) }
        #expect(await peer.modern("tools/list", id: 3)["result"] != nil)
    }

    @Test func logMessagesFollowTheLevelThatWasAskedFor() async {
        let peer = Peer(
            .stub(bodies: [
                "echo": { _, context in
                    await context.log(.debug, "small")
                    await context.log(.error, ["big": 1], logger: "l")
                    return .result(.text("done"))
                }
            ]))
        _ = await peer.modern("tools/call", ["name": "echo"])
        #expect(peer.messages("notifications/message").isEmpty)
        _ = await peer.modern("tools/call", ["name": "echo"], meta: [MetaKey.logLevel: "warning"])
        #expect(
            peer.messages("notifications/message").map { $0["params"] }
                == [["level": "error", "logger": "l", "data": ["big": 1]]])
        let wrong = await peer.modern("tools/list", meta: [MetaKey.logLevel: "loud"])
        #expect(wrong["error"]?["code"] == -32602)

        await peer.open(.june2025)
        #expect(await peer.request("logging/setLevel", ["level": "debug"])["result"] == [:])
        #expect(await peer.request("logging/setLevel", ["level": "x"])["error"]?["code"] == -32602)
        _ = await peer.request("tools/call", ["name": "echo"])
        #expect(peer.messages("notifications/message").count == 3)
    }

    @Test func theContextTellsWhoAsks() async {
        let seen = Notes<String>()
        let peer = Peer(
            .stub(bodies: [
                "echo": { _, context in
                    seen.append(
                        "\(context.principal.name) \(context.client?.name ?? "-") "
                            + "\(context.revision) \(context.meta["traceparent"]?.string ?? "-")")
                    return .result(.text(""))
                }
            ]))
        _ = await peer.modern(
            "tools/call", ["name": "echo"],
            meta: [MetaKey.clientInfo: ["name": "c"], "traceparent": "00-1"])
        _ = await peer.modern("tools/call", ["name": "echo"], meta: [MetaKey.clientInfo: 7])
        await peer.open(.june2025)
        _ = await peer.request("tools/call", ["name": "echo"])
        #expect(seen.all == ["ada c july2026 00-1", "ada - july2026 -", "ada peer june2025 -"])
    }
}
