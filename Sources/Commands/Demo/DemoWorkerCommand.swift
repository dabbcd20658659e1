internal import ArgumentParser

/// The worker that the demo starts; not for people.
///
/// It is `komodo-mcp worker`, except that it does not outlive the demo: the simulated Komodo goes
/// with it, so there would be nothing left to finish.
struct DemoWorkerCommand: AsyncParsableCommand {
    static let name = "demo-worker"
    static let configuration = CommandConfiguration(
        commandName: name, abstract: "Started by the demo.", shouldDisplay: false)

    func run() async throws {
        let lifeline = try Lifeline()
        try await WorkerCommand.work(try Session())
        withExtendedLifetime(lifeline) {}
    }
}
