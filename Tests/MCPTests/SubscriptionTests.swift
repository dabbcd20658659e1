import JSON
import MCP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct SubscriptionTests {
    private let frame = Peer.modernFrame(
        "subscriptions/listen",
        [
            "notifications": [
                "toolsListChanged": true, "promptsListChanged": true,
                "resourceSubscriptions": ["test://a", "test://none"],
            ]
        ], id: 9)

    @Test func theAcknowledgementComesFirstAndNamesWhatIsHonoured() async throws {
        let changed = Broadcast()
        let peer = Peer(.stub(changed: changed))
        async let done: [JSONValue] = peer.send(frame)
        #expect(await peer.waits { $0.count == 1 })
        #expect(
            peer.received.first?.serialized()
                == #"{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":9},"notifications":{"toolsListChanged":true,"resourceSubscriptions":["test://a"]}}}"#
        )
        changed.tell()
        #expect(await peer.waits { $0.count == 2 })
        #expect(
            peer.received.last?.serialized()
                == #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":9}}}"#
        )
        peer.session.shutDown()
        let all = await done
        #expect(all.last?["id"] == 9)
        #expect(all.last?["result"]?["resultType"] == "complete")
        #expect(await peer.modern("tools/list")["error"]?["code"] == -32600)
    }

    @Test func updatesAreMergedToOneASecond() async throws {
        let clock = ManualClock()
        let resources = StubResources()
        let peer = Peer(.stub(resources: resources, clock: clock.clock))
        async let done: [JSONValue] = peer.send(frame)
        #expect(await peer.waits { $0.count == 1 })
        func updates() -> Int { peer.messages("notifications/resources/updated").count }
        resources.updated.tell()
        #expect(try await eventually { updates() == 1 && clock.sleepers == 1 })
        for _ in 0..<5 { resources.updated.tell() }
        clock.advance(by: .milliseconds(900))
        #expect(updates() == 1)
        clock.advance(by: .milliseconds(100))
        #expect(try await eventually { updates() == 2 && clock.sleepers == 1 })
        #expect(peer.received.last?["params"]?["uri"] == "test://a")
        await peer.send(
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":9}}"#)
        let all = await done
        #expect(all.last?["result"] == nil)
    }

    @Test(arguments: [
        #"{}"#, #"{"notifications":[]}"#, #"{"notifications":{"toolsListChanged":1}}"#,
        #"{"notifications":{"resourceSubscriptions":"a"}}"#,
        #"{"notifications":{"resourceSubscriptions":[1]}}"#,
    ])
    func malformedFiltersAreInvalidParams(params: String) async throws {
        let object = try JSONValue(parsing: params).object ?? [:]
        let answer = await Peer().modern("subscriptions/listen", object)
        #expect(answer["error"]?["code"] == -32602)
    }

    @Test func legacyClientsSubscribeAndUnsubscribe() async throws {
        let clock = ManualClock()
        let resources = StubResources()
        let changed = Broadcast()
        let peer = Peer(.stub(changed: changed, resources: resources, clock: clock.clock))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await peer.session.serve(peer.emit) }
            await peer.open(.june2025)
            let uri: JSONValue = ["uri": "test://a"]
            #expect(await peer.request("resources/subscribe", uri)["result"] == [:])
            #expect(await peer.request("resources/subscribe", uri)["result"] == [:])
            let missing = await peer.request("resources/subscribe", ["uri": "test://none"])
            #expect(missing["error"]?["code"] == -32002)
            #expect(await peer.request("resources/subscribe")["error"]?["code"] == -32602)
            resources.updated.tell()
            changed.tell()
            #expect(
                await peer.waits { received in
                    received.contains { $0["method"] == "notifications/resources/updated" }
                        && received.contains { $0["method"] == "notifications/tools/list_changed" }
                })
            #expect(
                peer.messages("notifications/resources/updated").first?.serialized()
                    == #"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"test://a"}}"#
            )
            #expect(await peer.request("resources/unsubscribe", uri)["result"] == [:])
            #expect(await peer.request("resources/unsubscribe")["error"]?["code"] == -32602)
            clock.advance(by: .seconds(5))
            resources.updated.tell()
            changed.tell()
            #expect(
                await holds {
                    peer.messages("notifications/tools/list_changed").count == 2
                })
            #expect(peer.messages("notifications/resources/updated").count == 1)
            group.cancelAll()
        }
    }

    @Test func aResourceWhoseChangesHaveEndedCanBeSubscribedToAgain() async throws {
        let resources = StubResources()
        let peer = Peer(.stub(resources: resources) { $0.limits.subscriptionsMax = 1 })
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await peer.session.serve(peer.emit) }
            await peer.open(.june2025)
            let uri: JSONValue = ["uri": "test://a"]
            _ = await peer.request("resources/subscribe", uri)
            resources.updated.finish()
            let isTold = try? await eventually {
                _ = await peer.request("resources/subscribe", uri)
                resources.updated.tell()
                return !peer.messages("notifications/resources/updated").isEmpty
            }
            #expect(isTold == true)
            group.cancelAll()
        }
    }

    @Test func subscriptionsAreBounded() async {
        let peer = Peer(.stub { $0.limits.subscriptionsMax = 0 })
        await peer.open(.june2025)
        let answer = await peer.request("resources/subscribe", ["uri": "test://a"])
        #expect(answer["error"]?["code"] == -32600)
    }
}
