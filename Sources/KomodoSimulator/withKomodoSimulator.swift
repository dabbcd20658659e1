internal import Logging

/// Runs `body` beside a simulator that listens, and stops the simulator after it.
///
/// - Parameters:
///   - options: how the simulator behaves.
///   - body: gets the simulator and its address.
/// - Returns: what `body` returns.
/// - Throws: what `body` throws, or ``SimulatorError``.
package func withKomodoSimulator<Result: Sendable>(
    _ options: SimulatorOptions = SimulatorOptions(),
    _ body: (KomodoSimulator, SimulatorAddress) async throws -> Result
) async throws -> Result {
    let silent = Logger(label: "simulator") { _ in SwiftLogNoOpLogHandler() }
    let simulator = KomodoSimulator(options: options, logger: silent)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await simulator.run() }
        defer { group.cancelAll() }
        return try await body(simulator, try await simulator.ready())
    }
}
