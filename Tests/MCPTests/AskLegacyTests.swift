import JSON
import MCP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct AskLegacyTests {
    private func definition(_ clock: ProtocolClock = .system) -> ServerDefinition {
        .stub(
            tools: ["form", "sample", "roots", "url"].map { Tool(name: $0) },
            bodies: [
                "form": { _, context in
                    let answer = try await context.ask("name", .form(StubForms.name))
                    return .result(.text("\(answer)"))
                },
                "sample": { _, context in
                    let answer = try await context.ask("s", .sampling(["maxTokens": 5]))
                    return .result(.text("\(answer)"))
                },
                "roots": { _, context in
                    .result(.text("\(try await context.ask("r", .roots))"))
                },
                "url": { _, context in
                    let request = ClientRequest.url(message: "m", url: "https://x", id: "e1")
                    return .result(.text("\(try await context.ask("u", request))"))
                },
            ], clock: clock)
    }

    /// Calls a tool and answers its first request.
    private func call(
        _ tool: String, _ revision: Revision, capabilities: JSONValue, answers: [JSONObject]
    ) async throws -> (requests: [JSONValue], result: JSONValue) {
        let peer = Peer(definition())
        await peer.open(revision, capabilities: capabilities)
        async let done: JSONValue = peer.request("tools/call", ["name": .string(tool)], id: 5)
        var requests: [JSONValue] = []
        for (index, answer) in answers.enumerated() {
            #expect(
                await peer.waits { received in
                    received.filter { $0["id"] != nil && $0["method"] != nil }.count > index
                })
            let asked = peer.received.filter { $0["id"] != nil && $0["method"] != nil }
            let request = try #require(asked.dropFirst(index).first)
            requests.append(request)
            var response: JSONObject = ["jsonrpc": "2.0", "id": request["id"] ?? .null]
            for member in answer.members { response[member.key] = member.value }
            await peer.send(JSONValue.object(response).serialized())
        }
        return (requests, await done)
    }

    @Test(arguments: [Revision.june2025, .november2025])
    func aFormIsPutToTheUserOnTheCallsStream(revision: Revision) async throws {
        let (requests, result) = try await call(
            "form", revision, capabilities: ["elicitation": [:]],
            answers: [["result": ["action": "accept", "content": ["name": "Ada"]]]])
        #expect(requests.first?["method"] == "elicitation/create")
        #expect(requests.first?["params"]?["requestedSchema"] == StubForms.name.schema)
        #expect(
            requests.first?["params"]?["mode"] == (revision == .november2025 ? "form" : nil))
        let text = result["result"]?["content"]?.array?[0]["text"]?.string
        #expect(text?.contains("Ada") == true)
    }

    @Test func aFormFilledInWronglyIsPutAgain() async throws {
        let wrong: JSONObject = ["result": ["action": "accept", "content": ["name": "x"]]]
        let right: JSONObject = ["result": ["action": "decline"]]
        let (requests, result) = try await call(
            "form", .november2025, capabilities: ["elicitation": [:]], answers: [wrong, right])
        #expect(requests.count == 2)
        let text = result["result"]?["content"]?.array?[0]["text"]?.string
        #expect(text?.contains("declined") == true)
        let (_, given) = try await call(
            "form", .november2025, capabilities: ["elicitation": [:]],
            answers: [wrong, wrong, wrong])
        #expect(given["result"]?["isError"] == true)
    }

    @Test func samplingRootsAndAddressesAreAsked() async throws {
        let (asked, _) = try await call(
            "sample", .november2024, capabilities: ["sampling": [:]],
            answers: [["result": ["role": "assistant", "content": ["type": "text"], "model": "m"]]])
        #expect(asked.first?["method"] == "sampling/createMessage")
        let (_, roots) = try await call(
            "roots", .march2025, capabilities: ["roots": [:]],
            answers: [["result": ["roots": [["uri": "file:///x"]]]]])
        #expect(
            roots["result"]?["content"]?.array?[0]["text"]?.string?.contains("file:///x") == true)
        let (urls, _) = try await call(
            "url", .november2025, capabilities: ["elicitation": ["url": [:]]],
            answers: [["result": ["action": "accept"]]])
        #expect(urls.first?["params"]?["elicitationId"] == "e1")
    }

    @Test func aClientThatCannotOrWillNotAnswerFailsTheTool() async throws {
        let (none, result) = try await call(
            "form", .june2025, capabilities: [:], answers: [])
        #expect(none.isEmpty)
        #expect(result["result"]?["isError"] == true)
        let (_, url) = try await call(
            "url", .june2025, capabilities: ["elicitation": ["url": [:]]], answers: [])
        #expect(url["result"]?["isError"] == true)
        let (_, old) = try await call(
            "form", .march2025, capabilities: ["elicitation": [:]], answers: [])
        #expect(old["result"]?["isError"] == true)
        for answer in [
            ["error": ["code": -32000, "message": "no"]], ["result": ["action": "maybe"]],
            ["result": 7],
        ] as [JSONObject] {
            let (_, refused) = try await call(
                "form", .june2025, capabilities: ["elicitation": [:]], answers: [answer])
            #expect(refused["result"]?["isError"] == true)
        }
    }

    @Test func anAnswerThatDoesNotComeEndsTheWait() async throws {
        let clock = ManualClock()
        let peer = Peer(definition(clock.clock))
        await peer.open(.november2025, capabilities: ["elicitation": [:]])
        async let done: JSONValue = peer.request("tools/call", ["name": "form"], id: 5)
        #expect(try await eventually { clock.sleepers == 1 })
        clock.advance(by: .seconds(301))
        #expect(await done["result"]?["isError"] == true)
        #expect(peer.messages("notifications/cancelled").count == 1)
    }

    @Test func choicesAreRewrittenForJune2025() async throws {
        let form = ElicitationForm(
            message: "m",
            schema: [
                "type": "object",
                "properties": [
                    "c": [
                        "type": "string", "oneOf": [["const": "a", "title": "A"]], "default": "a",
                    ]
                ],
            ])
        let peer = Peer(
            .stub(bodies: [
                "echo": { _, context in
                    _ = try await context.ask("k", .form(form))
                    return .result(.text(""))
                }
            ]))
        await peer.open(.june2025, capabilities: ["elicitation": [:]])
        async let done: JSONValue = peer.request("tools/call", ["name": "echo"], id: 5)
        #expect(await peer.waits { $0.contains { $0["method"] == "elicitation/create" } })
        let asked = peer.messages("elicitation/create").first
        #expect(
            asked?["params"]?["requestedSchema"]?["properties"]?["c"]
                == ["type": "string", "enum": ["a"], "enumNames": ["A"]])
        await peer.send(
            #"{"jsonrpc":"2.0","id":"ask-1","result":{"action":"cancel"}}"#)
        #expect(await done["result"] != nil)
    }
}
