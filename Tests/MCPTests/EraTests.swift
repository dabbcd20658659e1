import JSON
import MCP
import Testing

@Suite(.timeLimit(.minutes(2))) struct EraTests {
    private func headers(
        _ version: String? = "2026-07-28", _ method: String? = "tools/list", name: String? = nil,
        parameters: [String: String] = [:]
    ) -> TransportFacts {
        TransportFacts(
            headers: TransportFacts.Headers(
                protocolVersion: version, method: method, name: name, parameters: parameters))
    }

    private func answer(
        _ frame: String, _ facts: TransportFacts, _ definition: ServerDefinition = .stub()
    ) async -> (code: JSONValue?, status: Int?) {
        let peer = Peer(definition, kind: .exchange)
        await peer.send(frame, facts: facts)
        return (peer.received.last?["error"]?["code"], peer.outgoing.last?.httpStatus)
    }

    @Test func theBodyDecidesTheEra() {
        func era(_ frame: String, _ header: String? = nil) -> Era {
            Inbound(parsing: Array(frame.utf8)).era(headerVersion: header)
        }
        let legacy = #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#
        #expect(era(legacy) == .legacy)
        #expect(era(legacy, "2025-11-25") == .legacy)
        #expect(era(legacy, "2026-07-28") == .modern)
        #expect(era(legacy, "1999-01-01") == .modern)
        #expect(era(Peer.modernFrame("tools/list")) == .modern)
        #expect(era(Peer.modernFrame("tools/list"), "2025-11-25") == .modern)
        #expect(
            era(#"{"jsonrpc":"2.0","id":1,"method":"a","params":{"_meta":{"x":1}}}"#) == .legacy)
    }

    @Test(arguments: [
        (#"{}"#, -32602),
        (#"{"_meta":{"io.modelcontextprotocol/clientCapabilities":{}}}"#, -32602),
        (#"{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}"#, -32602),
        (
            #"{"_meta":{"io.modelcontextprotocol/protocolVersion":"2025-11-25","io.modelcontextprotocol/clientCapabilities":{}}}"#,
            -32020
        ),
    ])
    func anIncompleteEnvelopeIsRefusedWith400(params: String, code: Int) async throws {
        let frame = Peer.frame("tools/list", try JSONValue(parsing: params), id: 1)
        let (answered, status) = await answer(frame, headers())
        #expect(answered == .int(code))
        #expect(status == 400)
    }

    @Test(arguments: ["1900-01-01", "2025-11-25", "2027-01-01"])
    func otherVersionsInAModernEnvelopeAreUnsupported(version: String) async {
        let frame = Peer.modernFrame(
            "tools/list", meta: [MetaKey.protocolVersion: .string(version)])
        let (code, status) = await answer(frame, headers(version))
        #expect(code == -32022)
        #expect(status == 400)
        let data = await Peer().send(frame).last?["error"]?["data"]
        #expect(data == ["supported": ["2026-07-28"], "requested": .string(version)])
    }

    @Test func headersMustRepeatTheBody() async {
        let call = Peer.modernFrame("tools/call", ["name": "echo"])
        let list = Peer.modernFrame("tools/list")
        for (frame, facts, code) in [
            (list, headers(nil), -32020), (list, headers("2025-11-25"), -32020),
            (list, headers("2026-07-28", nil), -32020),
            (list, headers("2026-07-28", "Tools/list"), -32020), (list, headers(), nil),
            (call, headers("2026-07-28", "tools/call"), -32020),
            (call, headers("2026-07-28", "tools/call", name: "other"), -32020),
            (call, headers("2026-07-28", "tools/call", name: "echo"), nil),
            (call, headers("2026-07-28", "tools/call", name: "=?base64?ZWNobw==?="), nil),
            (call, headers("2026-07-28", "tools/call", name: "=?base64?ZWNobw?="), -32020),
            (call, headers("2026-07-28", "tools/call", name: "=?base64?ZWNob?==?="), -32020),
        ] as [(String, TransportFacts, Int?)] {
            let (answered, status) = await answer(frame, facts)
            #expect(answered == code.map { .int($0) })
            #expect(status == (code == nil ? 200 : 400))
        }
    }

    @Test func parametersInHeadersMustRepeatTheArguments() async {
        let tool = Tool(
            name: "echo",
            inputSchema: [
                "type": "object",
                "properties": [
                    "region": ["type": "string", "x-mcp-header": "Region"],
                    "in": ["properties": ["n": ["type": "integer", "x-mcp-header": "N"]]],
                ],
            ])
        let frame = Peer.modernFrame(
            "tools/call", ["name": "echo", "arguments": ["region": "é", "in": ["n": 42]]])
        for (parameters, code) in [
            ([:], -32020), (["region": "=?base64?w6k=?=", "n": "42"], nil),
            (["region": "=?base64?w6k=?=", "n": "42.0"], nil),
            (["region": "e", "n": "42"], -32020), (["region": "=?base64?w6k=?="], -32020),
            // The same letter, written as two code points.
            (["region": "=?base64?ZcyB?=", "n": "42"], -32020),
            (["region": "é", "n": "42"], -32020),
            (["region": "=?base64?w6k=?=", "n": "x"], -32020),
        ] as [([String: String], Int?)] {
            let facts = headers("2026-07-28", "tools/call", name: "echo", parameters: parameters)
            let (answered, _) = await answer(frame, facts, .stub(tools: [tool]))
            #expect(answered == code.map { .int($0) }, "\(parameters)")
        }
        let none = Peer.modernFrame("tools/call", ["name": "echo", "arguments": ["region": nil]])
        let facts = headers("2026-07-28", "tools/call", name: "echo", parameters: ["region": "x"])
        #expect(await answer(none, facts, .stub(tools: [tool])).code == -32020)
    }

    @Test(arguments: [
        "initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe",
        "tasks/list", "tasks/result", "unknown/method", "",
    ])
    func removedAndUnknownMethodsAreNotFound(method: String) async {
        let definition = ServerDefinition.stub(tasks: StubTasks())
        let (code, status) = await answer(
            Peer.modernFrame(method), headers("2026-07-28", method), definition)
        #expect(code == -32601)
        #expect(status == 404)
    }

    @Test(arguments: ["server/discover", "subscriptions/listen", "tasks/update", "unknown"])
    func modernMethodsAreUnknownToLegacyClients(method: String) async {
        let peer = Peer(.stub(tasks: StubTasks()))
        await peer.open(.november2025)
        #expect(await peer.request(method)["error"]?["code"] == -32601)
    }

    @Test func methodsWithoutAProviderAreNotFoundAndNotAnnounced() async {
        let definition = ServerDefinition(
            info: ServerInfo(name: "bare", version: "1"),
            logger: ServerDefinition.stub().logger)
        let peer = Peer(definition)
        let found = await peer.modern("server/discover")
        #expect(found["result"]?["capabilities"] == [:])
        for method in ["tools/list", "prompts/get", "resources/read", "completion/complete"] {
            #expect(await peer.modern(method)["error"]?["code"] == -32601)
        }
        await peer.open(.june2025)
        for method in ["logging/setLevel", "resources/subscribe", "resources/unsubscribe"] {
            #expect(await peer.request(method)["error"]?["code"] == -32601)
        }
    }

    @Test func aLegacyRequestHasNoPlaceInAModernExchange() async {
        let peer = Peer(kind: .exchange)
        #expect(await peer.request("ping")["error"]?["code"] == -32600)
        let session = Peer(kind: .session)
        #expect(await session.modern("tools/list")["error"]?["code"] == -32600)
    }
}
