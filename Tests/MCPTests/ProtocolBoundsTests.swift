import JSON
import MCP
import Testing

/// The most that one message may ask for.
@Suite(.timeLimit(.minutes(2)))
struct ProtocolBoundsTests {
    @Test(arguments: ["resourceSubscriptions", "taskIds"])
    func aFilterIsRefusedBeyondItsBound(member: String) async {
        let most = max(ProtocolLimits().subscriptionsMax, ProtocolLimits().watchedTasksMax)
        #expect(most == 256)
        let texts = (0...most).map { JSONValue.string("test://\($0)") }
        let answer = await Peer().modern(
            "subscriptions/listen",
            ["notifications": .object(JSONObject([(member, .array(texts))]))])
        #expect(answer["error"]?["code"] == -32602)
        #expect(answer["error"]?["message"]?.string?.contains("256") == true)
    }

    @Test func soManyAnswersComeWithACallAndNoMore() async {
        let most = ProtocolLimits().askMax
        let peer = Peer(.stub(bodies: ["echo": { _, _ in .result(.text("")) }]))
        func call(_ count: Int) async -> JSONValue {
            let responses = (0..<count).map { ("answer \($0)", JSONValue.object([:])) }
            return await peer.modern(
                "tools/call",
                ["name": "echo", "inputResponses": .object(JSONObject(responses))])
        }
        #expect(await call(most)["result"] != nil)
        #expect(await call(most + 1)["error"]?["code"] == -32602)
    }
}
