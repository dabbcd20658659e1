import Jobs
import Redaction
import ScriptedHTTP
import Testing

@testable import KomodoClient

@Suite(.timeLimit(.minutes(2)))
struct BreakerTests {
    static let refusal: [ScriptedServer.Action] = [
        .send(
            ScriptedServer.text(
                401, #"{"error":"Invalid user credentials | You have 4 attempts remaining"}"#))
    ]
    static let state: [ScriptedServer.Action] = [.send(ScriptedServer.text(200, "{}"))]

    @Test
    func oneRefusalOfTheKeyStopsEverythingUntilAProbeSucceeds() async throws {
        let server = try await ScriptedServer.start(
            .inTurn([Self.refusal, Self.refusal, Self.state, Self.state]))
        let clock = TestClock()
        let witness = Witness()
        let target = submission().target
        try await withClient(
            testConnection(server.url), witness: witness,
            surroundings: clock.surroundings(patience: .seconds(5))
        ) { client in
            func code() async -> KomodoError.Code? {
                do throws(KomodoError) {
                    _ = try await client.isBusy(target)
                    return nil
                } catch {
                    #expect(error.message.contains("KOMODO_API_KEY and KOMODO_API_SECRET"))
                    return error.code
                }
            }
            #expect(await code() == .unauthorized)
            #expect(await code() == .unauthorized)
            #expect(kind(await client.submit(submission()) { true }.outcome) == "unauthorized")
            #expect(server.received.requests.count == 1)

            clock.advance(by: Admission.refusalPause)
            #expect(await code() == .unauthorized)
            #expect(server.received.requests.count == 2)
            #expect(await code() == .unauthorized)
            #expect(server.received.requests.count == 2)

            clock.advance(by: Admission.refusalPause)
            #expect(await code() == nil)
            #expect(await code() == nil)
            #expect(server.received.requests.count == 4)
        }
        #expect(witness.permits.count == 4)
        #expect(
            witness.signals == [
                KomodoSignals(keyRefused: true), KomodoSignals(keyRefused: true),
                KomodoSignals(keyAccepted: true),
            ])
        try await server.stop()
    }

    @Test
    func aRefusedSubmissionStopsEverythingToo() async throws {
        let server = try await ScriptedServer.start(.inTurn([Self.refusal]))
        let target = submission().target
        try await withClient(testConnection(server.url)) { client in
            let result = await client.submit(submission()) { true }
            #expect(kind(result.outcome) == "unauthorized")
            await #expect(throws: KomodoError.self) { try await client.isBusy(target) }
        }
        #expect(server.received.requests.count == 1)
        try await server.stop()
    }

    @Test
    func aDatabaseThatIsDownIsNotARefusal() async throws {
        let down: [ScriptedServer.Action] = [
            .send(ScriptedServer.text(401, #"{"error":"Failed to query db"}"#))
        ]
        let server = try await ScriptedServer.start(.inTurn([down, Self.state]))
        let witness = Witness()
        let target = submission().target
        try await withClient(testConnection(server.url), witness: witness) { client in
            let result = await client.submit(submission()) { true }
            #expect(kind(result.outcome) == "unavailable")
            let isBusy = try await client.isBusy(target)
            #expect(!isBusy)
        }
        #expect(witness.signals == [KomodoSignals(keyAccepted: true)])
        try await server.stop()
    }

    @Test
    func aKeyThatCannotBeSentIsRefusedWithoutARequest() async throws {
        let server = try await ScriptedServer.start(.inTurn([Self.state]))
        var connection = testConnection(server.url)
        connection.apiSecret = Secret("S_first\nS_second")
        let target = submission().target
        try await withClient(connection) { client in
            let error = await #expect(throws: KomodoError.self) { try await client.isBusy(target) }
            #expect(error?.code == .unauthorized)
            #expect(error?.message.contains("S_") == false)
            let result = await client.submit(submission()) { true }
            #expect(kind(result.outcome) == "unauthorized")
        }
        #expect(server.received.connections == 0)
        try await server.stop()
    }
}
