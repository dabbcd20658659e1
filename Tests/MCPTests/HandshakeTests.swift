import JSON
import MCP
import Testing

@Suite(.timeLimit(.minutes(2))) struct HandshakeTests {
    @Test(arguments: [
        (
            Revision.november2024,
            #"{"protocolVersion":"2024-11-05","capabilities":{"logging":{},"prompts":{},"resources":{"subscribe":true},"tools":{}},"serverInfo":{"name":"stub","version":"1.2.3"},"instructions":"Be kind."}"#
        ),
        (
            .march2025,
            #"{"protocolVersion":"2025-03-26","capabilities":{"logging":{},"completions":{},"prompts":{},"resources":{"subscribe":true},"tools":{}},"serverInfo":{"name":"stub","version":"1.2.3"},"instructions":"Be kind."}"#
        ),
        (
            .june2025,
            #"{"protocolVersion":"2025-06-18","capabilities":{"logging":{},"completions":{},"prompts":{},"resources":{"subscribe":true},"tools":{}},"serverInfo":{"name":"stub","title":"Stub","version":"1.2.3"},"instructions":"Be kind."}"#
        ),
        (
            .november2025,
            #"{"protocolVersion":"2025-11-25","capabilities":{"logging":{},"completions":{},"prompts":{},"resources":{"subscribe":true},"tools":{},"tasks":{"list":{},"cancel":{},"requests":{"tools":{"call":{}}}}},"serverInfo":{"name":"stub","title":"Stub","version":"1.2.3","description":"A server of tests","websiteUrl":"https://example.org"},"instructions":"Be kind."}"#
        ),
    ])
    func initializeAnnouncesWhatTheRevisionKnows(revision: Revision, golden: String) async {
        let peer = Peer(.stub(tasks: StubTasks()))
        await peer.open(revision)
        #expect(peer.received.first?["result"]?.serialized() == golden)
        #expect(peer.session.revision == revision)
        #expect(peer.session.client == ClientInfo(name: "peer", version: "1"))
    }

    @Test func discoverIsGolden() async {
        let answer = await Peer(.stub(tasks: StubTasks())).modern("server/discover")
        #expect(
            answer.serialized()
                == #"{"jsonrpc":"2.0","id":1,"result":{"supportedVersions":["2026-07-28"],"capabilities":{"logging":{},"completions":{},"prompts":{},"resources":{"subscribe":true},"tools":{},"extensions":{"io.modelcontextprotocol/tasks":{}}},"instructions":"Be kind.","ttlMs":300000,"cacheScope":"public","resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"stub","title":"Stub","version":"1.2.3","description":"A server of tests","websiteUrl":"https://example.org"}}}}"#
        )
    }

    @Test(arguments: ["2030-01-01", "2026-07-28", "", "nonsense"])
    func anUnknownRevisionIsAnsweredWithTheNewestLegacyOne(version: String) async {
        let answer = await Peer().request(
            "initialize", ["protocolVersion": .string(version), "capabilities": [:]])
        #expect(answer["result"]?["protocolVersion"] == "2025-11-25")
    }

    @Test func initializeTwiceIsRefusedAndTheFirstHolds() async {
        let peer = Peer()
        await peer.open(.june2025)
        let again = await peer.request(
            "initialize", ["protocolVersion": "2025-11-25", "capabilities": [:]])
        #expect(again["error"]?["code"] == -32600)
        #expect(peer.session.revision == .june2025)
        #expect(await peer.request("ping")["result"] == [:])
    }

    @Test func initializeAfterTheEndSaysSo() async {
        let peer = Peer()
        peer.session.shutDown()
        let answer = await peer.request(
            "initialize", ["protocolVersion": "2025-11-25", "capabilities": [:]])
        #expect(answer["error"]?["message"]?.string?.contains("shutting down") == true)
        #expect(peer.session.revision == nil)
    }

    @Test func aRequestBeforeInitializeIsAnsweredWithAnError() async {
        let peer = Peer()
        #expect(await peer.request("tools/list")["error"]?["code"] == -32600)
        #expect(await peer.request("ping")["result"] == [:])
        await peer.open(.november2025)
        #expect(await peer.request("tools/list")["result"]?["tools"]?.array?.count == 1)
    }

    @Test func initializeAfterDiscoverOpensALegacySession() async {
        let peer = Peer()
        _ = await peer.modern("server/discover")
        await peer.open(.november2025)
        #expect(await peer.request("tools/list")["result"]?["ttlMs"] == nil)
        #expect(await peer.modern("tools/list")["result"]?["ttlMs"] == 60000)
    }

    @Test(arguments: [
        #"{"capabilities":{}}"#, #"{"protocolVersion":5,"capabilities":{}}"#,
        #"{"protocolVersion":"2025-11-25","capabilities":[]}"#,
    ])
    func malformedInitializeIsInvalidParams(params: String) async throws {
        let answer = await Peer().request("initialize", try JSONValue(parsing: params))
        #expect(answer["error"]?["code"] == -32602)
    }
}
