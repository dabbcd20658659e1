import JSON
import MCP
import Testing

@Suite(.timeLimit(.minutes(2))) struct AskModernTests {
    private let able: JSONValue = ["elicitation": [:], "sampling": [:]]
    private let ada: JSONValue = ["action": "accept", "content": ["name": "Ada"]]

    private func definition(
        _ clock: ProtocolClock = .system, runs: Tally = Tally(), unasked: Bool = false,
        seals: StubSeals = StubSeals()
    ) -> ServerDefinition {
        .stub(
            tools: ["steps", "both", "swallow"].map {
                Tool(name: $0, inputSchema: ["type": "object"])
            },
            bodies: [
                "steps": { arguments, context in
                    runs.started()
                    let name = try await context.ask("name", .form(StubForms.name))
                    let sure = try await context.ask("sure", .form(StubForms.sure))
                    runs.ended()
                    return .result(.text("\(name) \(sure)"))
                },
                "both": { _, context in
                    let answers = try await context.ask([
                        "name": .form(StubForms.name), "s": .sampling(["maxTokens": 1]),
                    ])
                    return .result(.text("\(answers.count)"))
                },
                "swallow": { _, context in
                    let answer = try? await context.ask("name", .form(StubForms.name))
                    return .result(.text("\(String(describing: answer))"))
                },
            ], clock: clock
        ) {
            $0.acceptsUnaskedAnswers = unasked
            $0.seals = seals
        }
    }

    private func call(
        _ peer: Peer, _ name: JSONValue = "steps", state: JSONValue? = nil,
        responses: JSONValue? = nil, arguments: JSONValue = [:], capabilities: JSONValue? = nil
    ) async -> JSONValue {
        var params: JSONObject = ["name": name, "arguments": arguments]
        params["requestState"] = state
        params["inputResponses"] = responses
        return await peer.modern("tools/call", params, capabilities: capabilities ?? able)
    }

    @Test func answersAccumulateOverTheRounds() async {
        let runs = Tally()
        let peer = Peer(definition(runs: runs))
        let first = await call(peer)["result"]
        #expect(first?["resultType"] == "input_required")
        #expect(first?["_meta"]?[MetaKey.serverInfo] != nil)
        #expect(
            first?["inputRequests"]
                == [
                    "name": [
                        "method": "elicitation/create",
                        "params": [
                            "message": "Who?", "mode": "form",
                            "requestedSchema": StubForms.name.schema,
                        ],
                    ]
                ])
        let second = await call(
            peer, state: first?["requestState"],
            responses: ["name": ada, "stray": ["action": "accept"]])["result"]
        #expect(second?["inputRequests"]?.object?.keys == ["sure"])
        #expect(second?["requestState"] != first?["requestState"])
        let third = await call(
            peer, state: second?["requestState"],
            responses: ["sure": ["action": "accept", "content": ["sure": true]]])["result"]
        #expect(third?["resultType"] == "complete")
        #expect(third?["content"]?.array?[0]["text"]?.string?.contains("Ada") == true)
        #expect(runs.startedCount == 3)
        #expect(runs.endedCount == 1)
    }

    @Test func severalThingsAreAskedAtOnceAndAPartIsKept() async {
        let peer = Peer(definition())
        let first = await call(peer, "both")["result"]
        #expect(first?["inputRequests"]?.object?.keys == ["name", "s"])
        let second = await call(
            peer, "both", state: first?["requestState"], responses: ["name": ada])["result"]
        #expect(second?["inputRequests"]?.object?.keys == ["s"])
        let third = await call(
            peer, "both", state: second?["requestState"],
            responses: ["s": ["role": "assistant", "content": [:], "model": "m"]])["result"]
        #expect(third?["content"]?.array?[0]["text"] == "2")
    }

    @Test func wrongAnswersAreAskedForAgainAndMalformedOnesRefused() async {
        let peer = Peer(definition())
        for responses in [
            [:], ["name": ["action": "accept", "content": ["name": "x"]]],
            ["name": ["action": "accept"]], ["other": ada],
        ] as [JSONValue] {
            let state = await call(peer)["result"]?["requestState"]
            let answer = await call(peer, state: state, responses: responses)
            #expect(answer["result"]?["inputRequests"]?.object?.keys == ["name"])
        }
        for responses in [
            nil, 7, [], ["name": 12345], ["name": ["action": "maybe"]], ["name": [:]],
            ["name": ["action": "accept", "content": 7]],
        ] as [JSONValue] {
            let state = await call(peer)["result"]?["requestState"]
            let answer = await call(peer, state: state, responses: responses)
            #expect(answer["error"]?["code"] == -32602, "\(responses)")
        }
    }

    @Test func stateIsRefusedWhenTamperedUsedForeignExpiredOrMisplaced() async {
        let clock = ManualClock()
        let definition = definition(clock.clock)
        let peer = Peer(definition)
        func state() async -> JSONValue? { await call(peer)["result"]?["requestState"] }
        func code(_ answer: JSONValue) -> JSONValue? { answer["error"]?["code"] }

        let used = await state()
        #expect(await call(peer, state: used)["result"] != nil)
        #expect(code(await call(peer, state: used)) == -32602)

        let fresh = await state()
        let text = fresh?.string ?? ""
        for forged in [text + "-TAMPERED", "", "x", String(text.dropLast()), text + "=="] {
            #expect(code(await call(peer, state: .string(forged))) == -32602)
        }
        #expect(code(await call(peer, state: 7)) == -32602)
        #expect(code(await call(peer, state: nil, responses: [:])) == nil)
        #expect(code(await call(Peer(definition, principal: "eve"), state: fresh)) == -32602)
        #expect(code(await call(peer, "both", state: fresh)) == -32602)
        #expect(code(await call(peer, state: fresh, arguments: ["a": 1])) == -32602)
        let read = await peer.modern(
            "resources/read", ["uri": "test://ask", "requestState": fresh ?? .null],
            capabilities: able)
        #expect(code(read) == -32602)
        clock.advance(by: .seconds(599))
        #expect(code(await call(peer, state: fresh)) == nil)
        let late = await state()
        clock.advance(by: .seconds(601))
        #expect(code(await call(peer, state: late)) == -32602)
    }

    @Test func unaskedAnswersCountOnlyWhereTheServerSaysSo() async {
        let strict = await call(Peer(definition()), responses: ["name": ada])
        #expect(strict["result"]?["inputRequests"]?.object?.keys == ["name"])
        let lenient = await call(Peer(definition(unasked: true)), responses: ["name": ada])
        #expect(lenient["result"]?["inputRequests"]?.object?.keys == ["sure"])
    }

    @Test func aClientThatDeclaredNothingIsTold() async {
        let peer = Peer(definition(), kind: .exchange)
        let answer = await call(peer, capabilities: [:])
        #expect(answer["error"]?["code"] == -32021)
        #expect(
            answer["error"]?["data"] == ["requiredCapabilities": ["elicitation": [:]]])
        #expect(peer.outgoing.last?.httpStatus == 400)
        let both = await call(peer, "both", capabilities: ["elicitation": [:]])
        #expect(both["error"]?["data"]?["requiredCapabilities"] == ["sampling": [:]])
    }

    @Test func aProviderThatSwallowsTheErrorStillAsks() async {
        let answer = await call(Peer(definition()), "swallow")
        #expect(answer["result"]?["resultType"] == "input_required")
    }

    @Test func resourcesMayAskToo() async {
        let peer = Peer(definition())
        let first = await peer.modern(
            "resources/read", ["uri": "test://ask"], capabilities: able)["result"]
        #expect(first?["resultType"] == "input_required")
        let second = await peer.modern(
            "resources/read",
            [
                "uri": "test://ask", "requestState": first?["requestState"] ?? .null,
                "inputResponses": ["name": ada],
            ], capabilities: able)["result"]
        #expect(second?["contents"]?.array?.count == 1)
        #expect(second?["ttlMs"] == 0)
    }
}
