import JSON
import Jobs
import ScriptedHTTP
import Testing

@testable import KomodoClient

/// Times that cannot be true, by Komodo's own clock.
@Suite(.timeLimit(.minutes(2)))
struct SignedClockTests {
    /// What Komodo's clock says in these tests.
    private static let now = "2026-01-26T12:00:00Z"
    private static let date = "Mon, 26 Jan 2026 12:00:00 GMT"
    private static let past = "2026-01-26T09:00:00Z"
    private static let future = "2026-01-27T09:00:00Z"
    private static let soon = "2026-01-26T12:02:00Z"

    private static func moment(_ text: String) -> Timestamp {
        ISODate.parse(text) ?? Timestamp(milliseconds: 0)
    }

    /// Runs `body` with a client of a Komodo that shows one document, whatever is asked.
    private static func with<Value: Sendable>(
        _ document: JSONValue, _ body: @Sendable (SignedKomodo) async throws -> Value
    ) async throws -> Value {
        let answer = ScriptedServer.text(200, document.serialized(), headers: ["Date": date])
        let server = try await ScriptedServer.start(.always(.send(answer)))
        var surroundings = TestClock().surroundings()
        surroundings.wallClock = { moment(now) }
        let value = try await withSigned(
            testConnection(server.url, retries: 0), surroundings: surroundings
        ) { try await body($0) }
        try await server.stop()
        return value
    }

    private static func target(_ type: TargetType) -> Target {
        Target(type: type, id: "x", name: "x")
    }

    private static func query(
        _ type: TargetType, _ operation: String, after watermark: String
    ) -> EvidenceQuery {
        EvidenceQuery(
            operations: [operation], target: target(type), operatorID: "",
            startedAtOrAfter: moment(past), sentAt: moment(now), watermark: moment(watermark))
    }

    private static func build(_ times: [String], updatedAt: String = past) -> JSONValue {
        let entries = times.enumerated().map { number, time -> JSONValue in
            ["build_number": .int(number + 1), "status": "success", "started_at": .string(time)]
        }
        return [
            "id": "x", "status": "success", "updatedAt": .string(updatedAt),
            "build_history": .array(entries),
        ]
    }

    @Test func aTimeInTheFutureIsNoWatermark() async throws {
        let server: JSONValue = ["id": "x", "status": "running", "updatedAt": .string(Self.future)]
        let reading = try await Self.with(server) {
            try await $0.watermark(
                of: .startServer, [:], on: Self.target(.server), mayHideRun: false)
        }
        #expect(reading == .newest(nil))
        let history = Self.build([Self.past, Self.future], updatedAt: Self.future)
        let second = try await Self.with(history) {
            try await $0.watermark(
                of: .build, [:], on: Self.target(.build), mayHideRun: false)
        }
        #expect(second == .newest(Self.moment(Self.past)))
    }

    @Test func anotherTimeOfAResourceDoesNotMakeItsHistoryUnreadable() async throws {
        let history = Self.build([Self.past, Self.now], updatedAt: Self.future)
        let found = try await Self.with(history) {
            try await $0.evidence(Self.query(.build, "RunBuild", after: Self.past))
        }
        #expect(found.map(\.id) == ["x#2"])
    }

    @Test(arguments: [(future, KomodoError.Code.unsupported), (soon, .serverFault)])
    func aRunOfTheFutureIsNoEvidence(_ time: String, _ code: KomodoError.Code) async throws {
        try await Self.with(Self.build([Self.past, time])) { client in
            let error = await #expect(throws: KomodoError.self) {
                try await client.evidence(Self.query(.build, "RunBuild", after: Self.past))
            }
            #expect(error?.code == code)
        }
    }

    @Test func aServerThatChangesInTheFutureMayHaveChangedNow() async throws {
        let server: JSONValue = ["id": "x", "status": "running", "updatedAt": .string(Self.future)]
        try await Self.with(server) { client in
            let error = await #expect(throws: KomodoError.self) {
                try await client.evidence(
                    Self.query(.server, "RestartAllContainers", after: Self.past))
            }
            #expect(error?.code == .unsupported)
        }
    }

    @Test func noUpdateIsReportedAheadOfKomodosClock() async throws {
        let list: JSONValue = [
            "items": [["id": "x", "status": "running", "updatedAt": .string(Self.future)]],
            "total": 1,
        ]
        try await Self.with(list) { client in
            let run = RemoteRun(
                id: nil, operation: .startServer, target: Self.target(.server),
                acceptedAt: Self.moment(Self.now), watermark: nil)
            let found = try await client.updates(of: [run])
            #expect(try #require(found[run]).startedAt < Self.moment(Self.now))
        }
    }

    @Test func whatRestsAsPendingIsNotWaitedForWithoutEnd() async throws {
        let server: JSONValue = ["id": "x", "status": "pending", "updatedAt": .string(Self.past)]
        let clock = TestClock()
        var surroundings = clock.surroundings()
        surroundings.wallClock = { Self.moment(Self.now) }
        let answer = ScriptedServer.text(200, server.serialized(), headers: ["Date": Self.date])
        let scripted = try await ScriptedServer.start(.always(.send(answer)))
        try await withSigned(
            testConnection(scripted.url, retries: 0), surroundings: surroundings
        ) { client in
            for _ in 0..<2 {
                let reading = try await client.watermark(
                    of: .startServer, [:], on: Self.target(.server), mayHideRun: false)
                guard case .busy = reading else {
                    Issue.record("\(reading)")
                    return
                }
                clock.advance(by: .seconds(299))
            }
            clock.advance(by: .seconds(2))
            let reading = try await client.watermark(
                of: .startServer, [:], on: Self.target(.server), mayHideRun: false)
            #expect(reading == .newest(Self.moment(Self.past)))
            // But it proves nothing about what was sent.
            let error = await #expect(throws: KomodoError.self) {
                try await client.evidence(
                    Self.query(.server, "StartAllContainers", after: Self.past))
            }
            #expect(error?.code == .unsupported)
        }
        try await scripted.stop()
    }

    @Test func theRunNearestToTheSubmissionIsOurs() {
        let runs = SignedRuns(
            Self.build(["2026-01-26T11:50:00Z", "2026-01-26T11:59:58Z", "2026-01-26T12:30:00Z"]),
            .build, at: nil)
        func run(watermark: String?, sentAt: String?) -> RemoteRun {
            RemoteRun(
                id: "job_build_1", operation: .build, target: Self.target(.build),
                acceptedAt: Self.moment(Self.now), watermark: watermark.map(Self.moment),
                sentAt: sentAt.map(Self.moment))
        }
        // A foreign run came between the look and the submission.
        #expect(runs.entry(of: run(watermark: Self.past, sentAt: Self.now))?.id == "x#2")
        #expect(runs.entry(of: run(watermark: nil, sentAt: Self.now))?.id == "x#2")
        #expect(runs.entry(of: run(watermark: Self.past, sentAt: nil))?.id == "x#1")
        // Nothing tells a run that was not sent from here.
        #expect(runs.entry(of: run(watermark: nil, sentAt: nil)) == nil)
    }
}
