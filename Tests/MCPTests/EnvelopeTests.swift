import JSON
import MCP
import Testing

@Suite(.timeLimit(.minutes(2))) struct EnvelopeTests {
    // Frame, code, the id of the answer (nil: null).
    @Test(
        arguments: [
            ("{", -32700, nil), ("", -32700, nil), ("\u{1}", -32700, nil),
            (#"{"jsonrpc":"2.0","id":1,"method":"ping"} x"#, -32700, nil),
            ("5", -32600, nil), ("null", -32600, nil), ("[]", -32600, nil),
            (#"{"id":1,"method":"ping"}"#, -32600, "1"),
            (#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600, "1"),
            (#"{"jsonrpc":"2.0","id":"a"}"#, -32600, "\"a\""),
            (#"{"jsonrpc":"2.0","id":1,"method":7}"#, -32600, "1"),
            (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600, nil),
            (#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600, nil),
            (#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, -32600, nil),
            (#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#, -32602, "1"),
            (#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600, nil),
        ] as [(String, Int, String?)])
    func brokenFramesAreAnsweredWithTheirError(frame: String, code: Int, id: String?) async {
        let peer = Peer()
        let answers = await peer.send(frame)
        #expect(answers.count == 1)
        #expect(answers.first?["error"]?["code"] == .int(code))
        #expect(answers.first?["id"]?.serialized() == id ?? "null")
        #expect(await peer.request("ping", id: 99)["result"] == [:])
    }

    @Test(arguments: [
        #"{"jsonrpc":"2.0","method":"notifications/unknown"}"#,
        #"{"jsonrpc":"2.0","method":"tools/list","params":7}"#,
        #"{"jsonrpc":"2.0","id":12,"result":{}}"#,
        #"{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"x"}}"#,
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":44}}"#,
        #"{"jsonrpc":"2.0","method":"notifications/cancelled"}"#,
    ])
    func notificationsAndResponsesAreNeverAnswered(frame: String) async {
        #expect(await Peer().send(frame).isEmpty)
    }

    @Test func idsComeBackAsTheyWereWritten() async {
        for id in ["\"\"", "\"é\\n\"", "0", "-7", "123456789012345678901234567890"] {
            let answers = await Peer().send(#"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"#)
            #expect(answers.first?.serialized() == #"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#)
        }
    }

    @Test func theIdOfAnUnreadableFrameIsLeftOutWhereNullIsNotAllowed() async {
        let peer = Peer()
        await peer.open(.november2025)
        #expect(await peer.send("{").first?["id"] == nil)
        let old = Peer()
        await old.open(.june2025)
        #expect(await old.send("{").first?["id"] == JSONValue.null)
    }

    @Test func depthAndLengthAreBounded() async {
        let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(await Peer().send(deep).first?["error"]?["code"] == -32700)
        let definition = ServerDefinition.stub { $0.limits.frameBytesMax = 100 }
        let long = Peer.frame("ping", ["pad": .string(String(repeating: "x", count: 100))], id: 1)
        #expect(await Peer(definition).send(long).first?["error"]?["code"] == -32600)
    }

    @Test func aBatchOfMarch2025IsAnsweredAsOneArray() async {
        let peer = Peer()
        await peer.open(.march2025)
        let answers = await peer.send(
            """
            [{"jsonrpc":"2.0","id":1,"method":"ping"},\
            {"jsonrpc":"2.0","method":"notifications/initialized"},\
            {"jsonrpc":"2.0","id":2,"method":"tools/list"},\
            {"jsonrpc":"2.0","id":3,"method":"nothing"},7,\
            {"jsonrpc":"2.0","id":2,"method":"ping"}]
            """)
        let array = answers.first?.array ?? []
        #expect(answers.count == 1)
        #expect(array.count == 5)
        #expect(array.filter { $0["id"] == 2 }.count == 2)
        #expect(array.filter { $0["error"] != nil }.count == 3)
        #expect(await peer.send("[]").first?["error"]?["code"] == -32600)
        let quiet = await peer.send(#"[{"jsonrpc":"2.0","method":"notifications/initialized"}]"#)
        #expect(quiet.isEmpty)
        let pings = (0..<100).map { #"{"jsonrpc":"2.0","id":\#($0),"method":"ping"}"# }
        let tooMany = await peer.send("[\(pings.joined(separator: ","))]")
        #expect(tooMany.first?["error"]?["code"] == -32600)
    }

    @Test(arguments: [Revision.november2024, .june2025, .november2025])
    func batchesAreRefusedInOtherRevisions(revision: Revision) async {
        let peer = Peer()
        await peer.open(revision)
        let answers = await peer.send(#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#)
        #expect(answers.first?["error"]?["code"] == -32600)
    }
}
