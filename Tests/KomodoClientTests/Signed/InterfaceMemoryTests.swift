import JSON
import Jobs
import KomodoSimulator
import Synchronization
import Testing

@testable import KomodoClient

/// What is kept about the interface at a URL, and how it is left when it stops fitting.
@Suite(.timeLimit(.minutes(2)))
struct InterfaceMemoryTests {
    /// What was noted, in order.
    final class Notes: Sendable {
        private let found = Mutex<[String]>([])

        var all: [String] { found.withLock { $0 } }

        func note(_ text: String) { found.withLock { $0.append(text) } }
    }

    private static func with<Value: Sendable>(
        _ api: SimulatedAPI, remembered: String? = nil, notes: Notes = Notes(),
        _ body: @escaping @Sendable (DetectedKomodo, KomodoSimulator) async throws -> Value
    ) async throws -> Value {
        var options = SimulatorOptions()
        options.api = api
        options.timeScale = 0.01
        return try await withKomodoSimulator(options) { simulator, address in
            try await DetectionTests.detect(
                address.url, key: address.apiKey, secret: address.apiSecret,
                remembered: remembered, note: { notes.note($0) }
            ) { try await body($0, simulator) }
        }
    }

    @Test(arguments: [(SimulatedAPI.core, ["core", "2.3.2"]), (.signed, ["signed"])])
    func whatIsFoundIsNotedOnce(_ api: SimulatedAPI, _ expected: [String]) async throws {
        let notes = Notes()
        try await Self.with(api, notes: notes) { client, _ in
            for _ in 0..<3 {
                _ = try await client.resolve(.deployment, "web", for: .read)
                _ = try await client.identify()
            }
        }
        #expect(notes.all == expected)
    }

    @Test(arguments: [(SimulatedAPI.core, "2.3.2"), (.signed, "signed")])
    func whatIsRememberedIsNotNotedAgain(_ api: SimulatedAPI, _ known: String) async throws {
        let notes = Notes()
        try await Self.with(api, remembered: known, notes: notes) { client, _ in
            _ = try await client.identify()
            _ = try await client.resolve(.deployment, "web", for: .read)
        }
        #expect(notes.all.isEmpty)
    }

    @Test(arguments: [(SimulatedAPI.core, "signed"), (.signed, "2.3.2")])
    func aReadThatDoesNotFitIsRepeatedOnTheOther(
        _ api: SimulatedAPI, _ remembered: String
    ) async throws {
        let notes = Notes()
        try await Self.with(api, remembered: remembered, notes: notes) { client, _ in
            let target = try await client.resolve(.deployment, "web", for: .read)
            #expect(target.name == "web")
            #expect(client.dialect == (api == .core ? .core : .signed))
        }
        #expect(notes.all.first == (api == .core ? "core" : "signed"))
    }

    @Test
    func aJobIsNotRejectedBecauseTheInterfaceIsAnother() async throws {
        try await Self.with(.signed, remembered: "2.3.2") { client, simulator in
            let deploy = submission(arguments: [:])
            let first = await client.submit(deploy) { true }
            #expect(kind(first.outcome) == "undelivered")
            #expect(client.dialect == .signed)
            #expect(simulator.ledger.executionCount == 0)
        }
    }

    @Test
    func aTargetThatIsNotThereIsStillRejected() async throws {
        try await Self.with(.signed, remembered: "signed") { client, _ in
            let result = await client.submit(submission(arguments: [:])) { true }
            #expect(kind(result.outcome) == "rejected")
            #expect(client.dialect == .signed)
        }
    }
}
