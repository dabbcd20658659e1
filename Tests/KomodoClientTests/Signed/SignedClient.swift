import JSON
import Jobs
import KomodoSimulator
import Logging
import Redaction
import Testing

@testable import KomodoClient

/// Runs `body` with a client of the signed interface and shuts the client down after it.
func withSigned<Value>(
    _ connection: KomodoConnection, witness: Witness = Witness(),
    surroundings: Surroundings = .live, permit: RequestPermit? = nil,
    _ body: (SignedKomodo) async throws -> Value
) async throws -> Value {
    let client = SignedKomodo(
        connection: connection, permit: permit ?? { purpose in witness.note(purpose) },
        observer: { signals in witness.note(signals) },
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        userAgent: "komodo-mcp/1.2.3", surroundings: surroundings)
    do {
        let value = try await body(client)
        await client.shutdown()
        return value
    } catch {
        await client.shutdown()
        throw error
    }
}

/// Runs `body` with a client of a quick simulator that speaks the signed interface.
func withSignedSimulator<Value: Sendable>(
    _ change: (inout SimulatorOptions) -> Void = { _ in }, retries: Int = 2,
    surroundings: Surroundings = .live, witness: Witness = Witness(),
    _ body: (SignedKomodo, KomodoSimulator) async throws -> Value
) async throws -> Value {
    var options = SimulatorOptions()
    options.timeScale = 0.01
    options.api = .signed
    change(&options)
    return try await withKomodoSimulator(options) { simulator, address in
        var connection = testConnection(address.url, retries: retries)
        connection.apiKey = Secret(address.apiKey)
        connection.apiSecret = Secret(address.apiSecret)
        return try await withSigned(connection, witness: witness, surroundings: surroundings) {
            try await body($0, simulator)
        }
    }
}

/// A run as the worker describes it.
func run(
    _ operation: JobOperation, _ target: Target, id: String? = nil, watermark: Timestamp? = nil
) -> RemoteRun {
    RemoteRun(
        id: id, operation: operation, target: target,
        acceptedAt: Surroundings.live.wallClock(), watermark: watermark)
}
