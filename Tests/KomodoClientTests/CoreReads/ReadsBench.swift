import JSON
import Jobs
import KomodoSimulator
import Redaction
import Testing

@testable import KomodoClient

/// Reads of a simulated Core in each of its versions.
enum ReadsBench {
    static let versions = ["1.19.5", "2.0.1", "2.3.2"]

    /// Runs `body` with a client of a quick simulator.
    static func run<Value: Sendable>(
        _ version: String = "2.3.2", witness: Witness = Witness(),
        surroundings: Surroundings = .live,
        options change: (inout SimulatorOptions) -> Void = { _ in },
        _ body: (CoreKomodo, KomodoSimulator) async throws -> Value
    ) async throws -> Value {
        var options = SimulatorOptions()
        options.version = version
        options.timeScale = 0.01
        change(&options)
        return try await withKomodoSimulator(options) { simulator, address in
            var connection = testConnection(address.url)
            connection.apiKey = Secret(address.apiKey)
            connection.apiSecret = Secret(address.apiSecret)
            return try await withClient(
                connection, witness: witness, surroundings: surroundings,
                knownVersion: KomodoVersion(version)
            ) {
                try await body($0, simulator)
            }
        }
    }

    /// Runs an operation to its end.
    @discardableResult
    static func finish(
        _ operation: JobOperation, _ name: String, _ client: CoreKomodo
    ) async throws -> Update {
        let result = try await SimulatedCoreTests.run(operation, name, client)
        return try await SimulatedCoreTests.end(of: result, client)
    }

    /// The requests that were made since `before`, by type, in the order of their names.
    static func requests(_ simulator: KomodoSimulator, after before: Int = 0) -> [String] {
        simulator.ledger.requests.dropFirst(before).map(\.type).sorted()
    }
}

extension DocumentPage {
    /// The names of the items, in order.
    var names: [String] { items.compactMap { $0["name"]?.string } }

    /// The item with a name.
    func named(_ name: String) throws -> JSONObject {
        try #require(items.first { $0["name"]?.string == name }, "\(name) among \(names)")
    }
}
