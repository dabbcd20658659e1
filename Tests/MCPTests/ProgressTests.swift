import JSON
import MCP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct ProgressTests {
    private typealias Step = @Sendable (CallContext) async throws -> Void

    private func definition(_ clock: ManualClock, _ steps: @escaping Step) -> ServerDefinition {
        .stub(
            bodies: [
                "echo": { _, context in
                    try await steps(context)
                    return .result(.text("done"))
                }
            ], clock: clock.clock)
    }

    private func values(_ peer: Peer) -> [JSONValue?] {
        peer.messages("notifications/progress").map { $0["params"]?["progress"] }
    }

    private let frame = Peer.modernFrame(
        "tools/call", ["name": "echo"], meta: [MetaKey.progressToken: "p"])

    @Test func valuesWithinASecondAreMergedAndTheLastIsNeverLost() async throws {
        let clock = ManualClock()
        let go = Broadcast()
        let gate = go.stream()
        let peer = Peer(
            definition(clock) { context in
                var gates = gate.makeAsyncIterator()
                context.report(progress: 1, total: 10, message: "one")
                await gates.next()
                context.report(progress: 2)
                context.report(progress: 3)
                await gates.next()
                context.report(progress: 4)
                context.report(progress: 5.5)
            })
        async let done: [JSONValue] = peer.send(frame)
        #expect(try await eventually { self.values(peer) == [1] && clock.sleepers == 1 })
        #expect(
            peer.received.first?["params"]
                == ["progressToken": "p", "progress": 1, "total": 10, "message": "one"])
        go.tell()
        clock.advance(by: .milliseconds(999))
        #expect(values(peer) == [1])
        clock.advance(by: .milliseconds(1))
        #expect(try await eventually { self.values(peer).count == 2 })
        go.tell()
        _ = await done
        #expect([[1, 2, .number("5.5")], [1, 3, .number("5.5")]].contains(values(peer)))
        #expect(peer.received.last?["result"] != nil)
    }

    @Test func valuesThatDoNotGrowAreDropped() async {
        let peer = Peer(
            definition(ManualClock()) { context in
                for value in [3, 3, 2, -1, .nan, .infinity] { context.report(progress: value) }
            })
        await peer.send(frame)
        #expect(values(peer) == [3])
    }

    @Test func withoutAnIntervalEveryValueIsSentInOrder() async {
        let peer = Peer(
            .stub(bodies: [
                "echo": { _, context in
                    for value in 1...3 {
                        context.report(progress: Double(value))
                    }
                    return .result(.text(""))
                }
            ]) { $0.limits.progressInterval = .zero })
        let answers = await peer.send(frame)
        #expect(values(peer) == [1, 2, 3])
        #expect(answers.last?["result"] != nil)
    }

    @Test func nothingIsSentWithoutATokenOrAfterACancellation() async {
        let peer = Peer(definition(ManualClock()) { $0.report(progress: 1) })
        _ = await peer.modern("tools/call", ["name": "echo"])
        #expect(values(peer).isEmpty)
        for token in [[:], true, nil, .number("1.5")] as [JSONValue] {
            _ = await peer.modern(
                "tools/call", ["name": "echo"], meta: [MetaKey.progressToken: token])
        }
        #expect(values(peer).isEmpty)
    }

    @Test func messagesAreLeftOutBelowMarch2025() async {
        let peer = Peer(definition(ManualClock()) { $0.report(progress: 1, message: "m") })
        await peer.open(.november2024)
        _ = await peer.request("tools/call", ["name": "echo", "_meta": ["progressToken": 7]])
        #expect(
            peer.messages("notifications/progress").last?["params"]
                == ["progressToken": 7, "progress": 1])
    }
}
