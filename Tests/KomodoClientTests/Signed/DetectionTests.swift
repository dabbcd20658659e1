import JSON
import Jobs
import KomodoSimulator
import Logging
import Redaction
import ScriptedHTTP
import Testing

@testable import KomodoClient

/// How the client finds out which interface a Komodo has.
@Suite(.timeLimit(.minutes(2)))
struct DetectionTests {
    static func detect<Value: Sendable>(
        _ url: String, key: String = testKey, secret: String = testSecret,
        remembered: String? = nil, note: @escaping InterfaceNote = { _ in },
        surroundings: Surroundings = TestClock().surroundings(),
        _ body: (DetectedKomodo) async throws -> Value
    ) async throws -> Value {
        var connection = testConnection(url, retries: 0)
        connection.apiKey = Secret(key)
        connection.apiSecret = Secret(secret)
        let client = DetectedKomodo(
            connection: connection, permit: { _ in }, observer: { _ in },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, userAgent: "tests",
            remembered: remembered, note: note, surroundings: surroundings)
        do {
            let value = try await body(client)
            await client.shutdown()
            return value
        } catch {
            await client.shutdown()
            throw error
        }
    }

    @Test(arguments: [
        (SimulatedAPI.core, "1.19.5", KomodoDialect.core), (.core, "2.0.1", .core),
        (.core, "2.3.2", .core), (.both, "2.3.2", .core), (.signed, "2.3.2", .signed),
    ])
    func everyKomodoIsRecognized(
        _ api: SimulatedAPI, _ version: String, _ expected: KomodoDialect
    ) async throws {
        var options = SimulatorOptions()
        options.api = api
        options.version = version
        try await withKomodoSimulator(options) { simulator, address in
            try await Self.detect(address.url, key: address.apiKey, secret: address.apiSecret) {
                client in
                #expect(client.dialect == nil && client.updateFeed == nil)
                let identity = try await client.identify()
                #expect(identity.dialect == expected)
                #expect(client.dialect == expected)
                #expect((client.updateFeed != nil) == (expected == .core))
                let target = try await client.resolve(.deployment, "web", for: .read)
                #expect(target.id != nil)
            }
        }
    }

    @Test(arguments: ["signed", "2.3.2"])
    func whatIsRememberedIsNotAskedAgain(_ remembered: String) async throws {
        var options = SimulatorOptions()
        options.api = .both
        try await withKomodoSimulator(options) { simulator, address in
            try await Self.detect(
                address.url, key: address.apiKey, secret: address.apiSecret, remembered: remembered
            ) { client in
                #expect(client.dialect == (remembered == "signed" ? .signed : .core))
                _ = try await client.resolve(.deployment, "web", for: .read)
                #expect(simulator.ledger.requestsByType["GetVersion"] == nil)
                #expect(simulator.ledger.requestsByType["GET /version"] == nil)
            }
        }
    }

    @Test(arguments: [(SimulatedAPI.core, "signed"), (.signed, "2.3.2")])
    func whatStopsFittingIsLookedForAgain(
        _ api: SimulatedAPI, _ remembered: String
    ) async throws {
        var options = SimulatorOptions()
        options.api = api
        try await withKomodoSimulator(options) { _, address in
            try await Self.detect(
                address.url, key: address.apiKey, secret: address.apiSecret, remembered: remembered
            ) { client in
                let target = try await client.resolve(.deployment, "web", for: .read)
                #expect(target.name == "web")
                #expect(client.dialect == (api == .core ? .core : .signed))
            }
        }
    }

    @Test(arguments: [
        (200, "<!DOCTYPE html><title>Welcome</title>"), (404, "Not Found"),
        (403, #"{"message":"forbidden"}"#), (404, "{}"), (200, "[]"),
    ])
    func nothingIsGuessedAndTheSecretStaysHome(_ status: Int, _ body: String) async throws {
        let server = try await ScriptedServer.start(.answer(status, body))
        try await Self.detect(server.url) { client in
            for _ in 0..<2 {
                let error = await #expect(throws: KomodoError.self) { try await client.identify() }
                #expect(error?.code == .unreachable)
                #expect(error?.jobError.code == .networkError)
                #expect(client.dialect == nil)
            }
        }
        let requests = server.received.requests
        #expect(requests.map(\.path) == ["/version", "/read", "/version", "/read"])
        for request in requests {
            #expect(!request.headers.values.contains { $0.contains(testSecret) })
            #expect(!request.headers.values.contains { $0.contains(testKey) })
        }
        try await server.stop()
    }

    @Test(arguments: [502, 503, 500])
    func anUnwellProxySaysNothing(_ status: Int) async throws {
        let server = try await ScriptedServer.start(
            .answer(status, #"{"error":"down","code":"BAD_GATEWAY"}"#))
        try await Self.detect(server.url) { client in
            let error = await #expect(throws: KomodoError.self) { try await client.identify() }
            #expect(error?.isTransient == true)
            #expect(client.dialect == nil)
        }
        try await server.stop()
    }

    @Test
    func aCodeAloneIsNotEnough() async throws {
        let server = try await ScriptedServer.start(
            .answer(404, #"{"error":"no such route","code":"ROUTE"}"#))
        try await Self.detect(server.url) { client in
            _ = await #expect(throws: KomodoError.self) { try await client.identify() }
            #expect(client.dialect == nil)
        }
        #expect(server.received.requests.map(\.path).last == "/read/servers?page_size=1")
        try await server.stop()
    }

    @Test
    func optionsOfTheSignedInterfaceNeverReachACore() async throws {
        try await withKomodoSimulator(SimulatorOptions()) { simulator, address in
            try await Self.detect(address.url, key: address.apiKey, secret: address.apiSecret) {
                client in
                let target = try await client.resolve(.deployment, "web", for: .read)
                let result = await client.submit(
                    Submission(
                        operation: .deploy, target: target,
                        arguments: ["options": ["skipPull": true]])
                ) { true }
                #expect(kind(result.outcome) == "rejected")
                #expect(simulator.ledger.executionCount == 0)
            }
        }
    }
}
