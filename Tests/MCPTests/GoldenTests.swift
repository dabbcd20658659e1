import JSON
import MCP
import Testing

/// What the same server says in each revision, byte for byte.
@Suite(.timeLimit(.minutes(2))) struct GoldenTests {
    private static let tool = Tool(
        name: "deploy", title: "Deploy", description: "Deploys",
        inputSchema: ["type": "object", "z": 1, "a": .number("1.0")],
        outputSchema: ["type": "object"],
        annotations: ToolAnnotations(title: "D", readOnly: false, destructive: true),
        taskSupport: .optional, icons: [Icon(source: "data:,", sizes: ["any"], theme: .dark)],
        meta: ["k": 1])

    private static let result = CallResult(
        content: [
            .text("t", ContentAnnotations(audience: [.user], priority: 0.5)),
            .image(data: "aQ==", mimeType: "image/png"),
            .audio(data: "YQ==", mimeType: "audio/wav"),
            .link(Resource(uri: "test://a", name: "a", title: "A")),
            .embedded(ResourceContents(uri: "test://b", body: .blob("Yg=="), meta: ["m": 1])),
        ], structured: ["n": .number("1.50")], isError: true)

    private static func definition() -> ServerDefinition {
        .stub(
            tools: [tool], bodies: ["deploy": { _, _ in .result(result) }], tasks: StubTasks())
    }

    private func legacy(_ revision: Revision, _ method: String, _ params: JSONValue) async -> String
    {
        let peer = Peer(Self.definition())
        await peer.open(revision)
        return await peer.request(method, params)["result"]?.serialized() ?? "none"
    }

    private static let meta =
        #""_meta":{"io.modelcontextprotocol/serverInfo":{"name":"stub","title":"Stub","version":"1.2.3","description":"A server of tests","websiteUrl":"https://example.org"}}"#

    @Test(arguments: [
        (
            Revision.november2024,
            #"{"tools":[{"name":"deploy","description":"Deploys","inputSchema":{"type":"object","z":1,"a":1.0}}]}"#
        ),
        (
            .march2025,
            #"{"tools":[{"name":"deploy","description":"Deploys","inputSchema":{"type":"object","z":1,"a":1.0},"annotations":{"title":"D","readOnlyHint":false,"destructiveHint":true}}]}"#
        ),
        (
            .june2025,
            #"{"tools":[{"name":"deploy","title":"Deploy","description":"Deploys","inputSchema":{"type":"object","z":1,"a":1.0},"outputSchema":{"type":"object"},"annotations":{"title":"D","readOnlyHint":false,"destructiveHint":true},"_meta":{"k":1}}]}"#
        ),
        (
            .november2025,
            #"{"tools":[{"name":"deploy","title":"Deploy","icons":[{"src":"data:,","sizes":["any"],"theme":"dark"}],"description":"Deploys","inputSchema":{"type":"object","z":1,"a":1.0},"outputSchema":{"type":"object"},"annotations":{"title":"D","readOnlyHint":false,"destructiveHint":true},"execution":{"taskSupport":"optional"},"_meta":{"k":1}}]}"#
        ),
    ])
    func toolsAreListedAsTheRevisionKnowsThem(revision: Revision, golden: String) async {
        #expect(await legacy(revision, "tools/list", [:]) == golden)
    }

    @Test func modernToolsCarryCacheHintsAndNoExecution() async {
        let answer = await Peer(Self.definition()).modern("tools/list")
        #expect(
            answer["result"]?.serialized()
                == #"{"tools":[{"name":"deploy","title":"Deploy","icons":[{"src":"data:,","sizes":["any"],"theme":"dark"}],"description":"Deploys","inputSchema":{"type":"object","z":1,"a":1.0},"outputSchema":{"type":"object"},"annotations":{"title":"D","readOnlyHint":false,"destructiveHint":true},"_meta":{"k":1}}],"ttlMs":60000,"cacheScope":"public","resultType":"complete",\#(Self.meta)}"#
        )
    }

    private static let common =
        #"{"type":"text","text":"t","annotations":{"audience":["user"],"priority":0.5}},{"type":"image","data":"aQ==","mimeType":"image/png"}"#
    private static let audio = #"{"type":"audio","data":"YQ==","mimeType":"audio/wav"}"#
    private static let link = #"{"type":"resource_link","uri":"test://a","name":"a","title":"A"}"#
    private static let embedded =
        #"{"type":"resource","resource":{"uri":"test://b","blob":"Yg==","_meta":{"m":1}}}"#

    @Test(arguments: [
        (
            Revision.november2024,
            #"{"content":[\#(common),{"type":"text","text":"[audio, audio/wav]"},{"type":"text","text":"A: test://a"},{"type":"resource","resource":{"uri":"test://b","blob":"Yg=="}}],"isError":true}"#
        ),
        (
            .march2025,
            #"{"content":[\#(common),\#(audio),{"type":"text","text":"A: test://a"},{"type":"resource","resource":{"uri":"test://b","blob":"Yg=="}}],"isError":true}"#
        ),
        (
            .june2025,
            #"{"content":[\#(common),\#(audio),\#(link),\#(embedded)],"structuredContent":{"n":1.50},"isError":true}"#
        ),
        (
            .november2025,
            #"{"content":[\#(common),\#(audio),\#(link),\#(embedded)],"structuredContent":{"n":1.50},"isError":true}"#
        ),
    ])
    func resultsCarryWhatTheRevisionKnows(revision: Revision, golden: String) async {
        #expect(await legacy(revision, "tools/call", ["name": "deploy"]) == golden)
    }

    @Test func modernResultsAreComplete() async {
        let answer = await Peer(Self.definition()).modern("tools/call", ["name": "deploy"])
        #expect(
            answer["result"]?.serialized()
                == #"{"content":[\#(Self.common),\#(Self.audio),\#(Self.link),\#(Self.embedded)],"structuredContent":{"n":1.50},"isError":true,"resultType":"complete",\#(Self.meta)}"#
        )
    }

    @Test func structuredContentThatIsNoObjectStaysInModernRevisions() async {
        let definition = ServerDefinition.stub(
            bodies: ["echo": { _, _ in .result(CallResult(structured: [1, 2])) }])
        let peer = Peer(definition)
        await peer.open(.november2025)
        let old = await peer.request("tools/call", ["name": "echo"])
        #expect(old["result"]?.serialized() == #"{"content":[{"type":"text","text":"[1,2]"}]}"#)
        let new = await peer.modern("tools/call", ["name": "echo"])
        #expect(new["result"]?["structuredContent"] == [1, 2])
    }

    @Test(arguments: Revision.allCases)
    func resourcesPromptsAndCompletionAnswerInEveryRevision(revision: Revision) async {
        let peer = Peer()
        if revision.era == .legacy { await peer.open(revision) }
        func ask(_ method: String, _ params: JSONObject = [:]) async -> JSONValue {
            revision.era == .legacy
                ? await peer.request(method, .object(params)) : await peer.modern(method, params)
        }
        let first = await ask("resources/list")
        #expect(first["result"]?["nextCursor"] == "")
        #expect(
            (first["result"]?["resources"]?.array?[0]["title"] != nil) == (revision >= .june2025))
        #expect((first["result"]?["ttlMs"] != nil) == (revision >= .july2026))
        let second = await ask("resources/list", ["cursor": ""])
        let icons = second["result"]?["resources"]?.array?[0]["icons"]
        #expect((icons != nil) == (revision >= .november2025))
        #expect(await ask("resources/list", ["cursor": "x"])["error"]?["code"] == -32602)
        #expect(await ask("tools/list", ["cursor": "x"])["error"]?["code"] == -32602)
        #expect(await ask("tools/list", ["cursor": 7])["error"]?["code"] == -32602)
        let templates = await ask("resources/templates/list")
        #expect(templates["result"]?["resourceTemplates"]?.array?.count == 1)
        let read = await ask("resources/read", ["uri": "test://a"])
        #expect(
            read["result"]?["contents"]
                == [["uri": "test://a", "mimeType": "text/plain", "text": "abc"]])
        let missing = await ask("resources/read", ["uri": "test://none"])
        #expect(missing["error"]?["code"] == .int(revision.era == .modern ? -32602 : -32002))
        #expect(missing["error"]?["data"]?["uri"] == "test://none")
        let prompts = await ask("prompts/list")
        #expect(prompts["result"]?["prompts"]?.array?[0]["arguments"]?.array?.count == 1)
        let greet: JSONObject = ["name": "greet", "arguments": ["who": "Ada"]]
        #expect(
            await ask("prompts/get", greet)["result"]?["messages"]
                == [["role": "user", "content": ["type": "text", "text": "Hello Ada"]]])
        for params in [
            ["name": "greet"], ["name": "none"], ["name": "greet", "arguments": ["who": 7]], [:],
        ] as [JSONObject] {
            #expect(await ask("prompts/get", params)["error"]?["code"] == -32602)
        }
        let completion = await ask(
            "completion/complete",
            [
                "ref": ["type": "ref/prompt", "name": "greet"],
                "argument": ["name": "who", "value": "A"],
            ])
        #expect(completion["result"]?["completion"]?["values"]?.array?.count == 100)
        #expect(completion["result"]?["completion"]?["total"] == 150)
        #expect(completion["result"]?["completion"]?["hasMore"] == true)
        let bad = await ask("completion/complete", ["ref": ["type": "ref/what"]])
        #expect(bad["error"]?["code"] == -32602)
    }

    @Test func longListsComeInPages() async {
        let tools = (0..<25).map { Tool(name: "tool\($0)") }
        let peer = Peer(.stub(tools: tools) { $0.limits.pageSize = 10 })
        await peer.open(.june2025)
        var names: [String] = []
        var cursor: JSONValue?
        repeat {
            let params: JSONObject = cursor.map { ["cursor": $0] } ?? [:]
            let result = await peer.request("tools/list", .object(params))["result"]
            names += result?["tools"]?.array?.compactMap { $0["name"]?.string } ?? []
            cursor = result?["nextCursor"]
        } while cursor != nil
        #expect(names == tools.map(\.name))
    }

    @Test func timesAreWrittenInISO8601() {
        for (milliseconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_785_231_000_123, "2026-07-28T09:30:00.123Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
        ] as [(Int64, String)] {
            #expect(Timestamp(milliseconds: milliseconds).iso8601 == text)
        }
    }
}
