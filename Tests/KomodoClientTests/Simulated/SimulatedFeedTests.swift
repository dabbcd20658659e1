import JSON
import Jobs
import KomodoSimulator
import Redaction
import ScriptedHTTP
import Testing

@testable import KomodoClient

/// The websocket against a whole Core, in the versions whose behaviour differs.
@Suite(.timeLimit(.minutes(2)))
struct SimulatedFeedTests {
    /// Runs `body` with an ear at a client of a quick simulator, with pauses `haste` times as short.
    private func listening(
        _ version: String = "2.3.2", faults: FaultScript = FaultScript(), haste: Int = 1,
        secret: String? = nil, authority: TestAuthority? = nil,
        _ body: (FeedEar, CoreKomodo, KomodoSimulator) async throws -> Void
    ) async throws {
        var options = SimulatorOptions()
        options.version = version
        options.timeScale = 0.01
        options.faults = faults
        try await withKomodoSimulator(options) { simulator, address in
            var front: TLSFront?
            if let authority {
                front = try await TLSFront.start(
                    before: address.port, try await authority.server("IP:127.0.0.1"))
            }
            var connection = testConnection(front?.url ?? address.url)
            connection.apiKey = Secret(address.apiKey)
            connection.apiSecret = Secret(secret ?? address.apiSecret)
            connection.certificateFile = authority?.file
            connection.requestTimeout = .seconds(40) * haste
            let witness = Witness()
            try await withClient(
                connection, witness: witness, surroundings: .hurried(haste)
            ) { client in
                try await FeedEar.listening(to: client) { try await body($0, client, simulator) }
            }
            // Whoever submits has a token already.
            let ledger = simulator.ledger
            #expect(
                ledger.requestCount <= witness.permits.count + ledger.executionCount,
                "a request left without a token")
            try await front?.stop()
        }
    }

    private func deploy(_ client: CoreKomodo) async throws -> String {
        let target = try await client.resolve(.deployment, "web", for: .read)
        let result = await client.submit(
            Submission(operation: .deploy, target: target, arguments: [:])
        ) { true }
        guard case .accepted(.update(let id)) = result.outcome else {
            throw KomodoError(.invalid, "not accepted: \(result)")
        }
        return id
    }

    private func expectStory(of client: CoreKomodo, _ ear: FeedEar) async throws {
        try await eventually("not opened") { ear.openings == 1 }
        let id = try await deploy(client)
        try await eventually("no end told") {
            ear.hints.contains(UpdateHint(id: id, status: .complete))
        }
        #expect(ear.hints.first == UpdateHint(id: id, status: .inProgress))
        #expect(ear.losses.isEmpty)
    }

    @Test(arguments: SimulatedCoreTests.versions)
    func aRunIsToldFromItsBeginningToItsEnd(_ version: String) async throws {
        try await listening(version) { ear, client, _ in
            try await expectStory(of: client, ear)
        }
    }

    @Test
    func aRunIsToldThroughTLS() async throws {
        try await listening(authority: try await TestAuthority()) { ear, client, _ in
            try await expectStory(of: client, ear)
        }
    }

    @Test
    func aWrongSecretCostsOneLogin() async throws {
        try await listening(haste: 200, secret: "S_wrong_S") { ear, client, simulator in
            try await eventually("not refused") { !ear.losses.isEmpty }
            #expect(ear.losses.first?.code == .unauthorized)
            #expect(ear.losses.first?.message.contains("You have 4 attempts remaining") == true)
            // A hundred seconds later.
            try await Surroundings.hurried(200).sleep(.seconds(100))
            #expect(simulator.ledger.requestsByType == ["GET /ws/update": 1])
        }
    }

    @Test
    func whatHappensWhileTheSocketIsLostIsNotTold() async throws {
        try await listening(haste: 20) { ear, client, simulator in
            try await eventually("not opened") { ear.openings == 1 }
            simulator.restart()
            try await eventually("not lost") { !ear.losses.isEmpty }
            #expect(ear.losses.first?.message == "Komodo closed the websocket.")
            try await eventually("not opened again") { ear.openings == 2 }
            let id = try await deploy(client)
            try await eventually("no end told") {
                ear.hints.contains(UpdateHint(id: id, status: .complete))
            }
        }
    }

    @Test(arguments: [404, 503])
    func aRefusedUpgradeIsAnEnd(_ status: Int) async throws {
        var faults = FaultScript()
        faults.websocket.refuses = true
        faults.websocket.status = status
        try await listening(faults: faults) { ear, _, _ in
            try await eventually("not lost") { !ear.losses.isEmpty }
            #expect(ear.losses.first?.code == (status == 404 ? .unsupported : .unreachable))
        }
    }

    @Test
    func aSocketThatHasGoneSilentIsOpenedAnew() async throws {
        var faults = FaultScript()
        faults.websocket.stallAfter = 0
        try await listening(faults: faults, haste: 100) { ear, _, _ in
            try await eventually("not opened again") { ear.openings >= 2 }
            #expect(ear.losses.first?.message == "Komodo's websocket has gone silent.")
        }
    }

    @Test
    func aDatabaseThatIsDownRefusesNoKey() async throws {
        try await listening(faults: FaultScript(isDatabaseDown: true), haste: 20) {
            ear, _, simulator in
            try await eventually("not lost") { !ear.losses.isEmpty }
            #expect(ear.losses.first?.code == .serverFault)
            simulator.script(FaultScript())
            try await eventually("not opened") { ear.openings == 1 }
        }
    }
}
