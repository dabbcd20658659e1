import JSON
import Jobs
import ScriptedHTTP
import Testing

@testable import KomodoClient

@Suite(.timeLimit(.minutes(2)))
struct UpdateReadingTests {
    static func item(_ id: String, status: String = "Complete") -> String {
        #"{"id":"\#(id)","operation":"Deploy","start_ts":1.7e12,"success":false,"#
            + #""operator":"\#(otherID)","status":"\#(status)","#
            + #""target":{"type":"Deployment","id":"\#(testID)"},"username":"x"}"#
    }

    @Test
    func manyUpdatesAreReadWithOneRequest() async throws {
        let ids = (0..<updatesPerPollMax).map { ResolvingTests.id($0 + 1) }
        let items = [Self.item(ids[0]), Self.item(ids[1], status: "Paused"), #"{"id":"?"}"#]
        let server = try await ScriptedServer.start(
            .answer(200, #"{"updates":[\#(items.joined(separator: ","))],"next_page":null}"#))
        let witness = Witness()
        try await withClient(testConnection(server.url), witness: witness) { client in
            let updates = try await client.updates(ids)
            #expect(updates.map(\.id) == [ids[0], ids[1]])
            #expect(updates.map(\.status) == [.complete, .other("Paused")])
            #expect(updates[0].startedAt == Timestamp(milliseconds: 1_700_000_000_000))
            #expect(updates[0].targetID == testID)
            let none = try await client.updates([]) + client.updates(["no id"])
            #expect(none.isEmpty)
            let error = await #expect(throws: KomodoError.self) {
                try await client.updates(ids + [testID])
            }
            #expect(error?.code == .invalid)
        }
        #expect(witness.permits == [.poll])
        let body = try #require(server.received.requests.first?.body)
        #expect(
            body.hasPrefix(
                #"{"type":"ListUpdates","params":{"query":{"_id":{"$in":[{"$oid":""#))
        try await server.stop()
    }

    @Test
    func evidenceIsAskedForExactlyAndReadToItsSecondPage() async throws {
        let page = #"{"updates":[\#(Self.item(testID))],"next_page":1}"#
        let server = try await ScriptedServer.start(.answer(200, page))
        let query = EvidenceQuery(
            operations: ["DeployStack", "DeployStackService"],
            target: Target(type: .stack, id: testID, name: "web"), operatorID: otherID,
            startedAtOrAfter: Timestamp(milliseconds: 17))
        try await withClient(testConnection(server.url)) { client in
            let found = try await client.evidence(query)
            #expect(found.count == 2)
        }
        let expected =
            #"{"type":"ListUpdates","params":{"query":{"operation":{"$in":["DeployStack","#
            + #""DeployStackService"]},"target.type":"Stack","target.id":"\#(testID)","#
            + #""operator":"\#(otherID)","start_ts":{"$gte":17}},"page":"#
        #expect(server.received.requests.map(\.body) == [expected + "0}}", expected + "1}}"])
        #expect(server.received.requests.allSatisfy { $0.headers["connection"] == "close" })
        try await server.stop()
    }

    @Test
    func aWholeUpdateIsReadWithItsLogs() async throws {
        let logs =
            #"[{"stage":"Deploy","command":"docker run","stdout":"ok\n","stderr":"","#
            + #""success":true,"start_ts":1,"end_ts":2}]"#
        let server = try await ScriptedServer.start(
            .answer(200, updateText(status: "Complete", logs: logs)))
        try await withClient(testConnection(server.url)) { client in
            let update = try await client.update(testID, for: .read)
            #expect(update.summary.status == .complete)
            #expect(update.logs.map(\.stdout) == ["ok\n"])
            #expect(update.endedAt == nil)
            let error = await #expect(throws: KomodoError.self) {
                try await client.update(otherID, for: .read)
            }
            #expect(error?.code == .malformed)
        }
        #expect(
            server.received.requests.first?.body
                == #"{"type":"GetUpdate","params":{"id":"\#(testID)"}}"#)
        try await server.stop()
    }

    @Test(arguments: [
        (#"{"error":"no update exists with given id"}"#, KomodoError.Code.notFound),
        (
            #"{"error":"User does not have required permissions on this Deployment"}"#,
            KomodoError.Code.forbidden
        ),
    ])
    func anUpdateThatIsNotThereSaysWhy(_ body: String, _ code: KomodoError.Code) async throws {
        let server = try await ScriptedServer.start(.answer(500, body))
        try await withClient(testConnection(server.url)) { client in
            let error = await #expect(throws: KomodoError.self) {
                try await client.update(testID, for: .poll)
            }
            #expect(error?.code == code)
        }
        try await server.stop()
    }

    @Test(arguments: [
        (200, "{}", true), (500, #"{"error":"User does not have required permissions"}"#, false),
    ])
    func readingPermissionIsToldByAState(
        _ status: Int, _ body: String, _ expected: Bool
    ) async throws {
        let server = try await ScriptedServer.start(.answer(status, body))
        let target = Target(type: .resourceSync, id: testID, name: "all")
        try await withClient(testConnection(server.url)) { client in
            let canRead = try await client.canRead(target)
            #expect(canRead == expected)
        }
        #expect(
            server.received.requests.first?.body
                == #"{"type":"GetResourceSyncActionState","params":{"sync":"\#(testID)"}}"#)
        try await server.stop()
    }

    @Test(arguments: [
        (#"{"deploying":false,"pulling":false}"#, false), (#"{"deploying":true}"#, true),
        (#"{"running":2}"#, true), (#"{"running":0,"x":null}"#, false), ("{}", false),
    ])
    func flagsAndCountersTellWhatIsBusy(_ body: String, _ expected: Bool) async throws {
        let server = try await ScriptedServer.start(.answer(200, body))
        let target = submission().target
        try await withClient(testConnection(server.url)) { client in
            let isBusy = try await client.isBusy(target)
            #expect(isBusy == expected)
        }
        try await server.stop()
    }
}
