internal import ArgumentParser
private import Bench
private import JobStore
private import JobWorker
private import Synchronization

/// What a process of its own does in a measurement; not for people.
struct BenchPartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: Part.command, abstract: "Started by 'bench'.", shouldDisplay: false)

    @Argument var words: [String] = []

    func run() async throws {
        let lifeline = try Lifeline()
        guard let part = Part(words: words) else { throw Detachment.notByHand }
        try await part.play {
            Terminal.write(Part.ready)
            await lifeline.start()
        }
    }
}

/// The worker of a measurement; not for people.
///
/// It is `komodo-mcp worker`, except that it notes when it has claimed a job, and ends with the
/// measurement.
struct BenchWorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: SimulatedWorld.workerCommand, abstract: "Started by 'bench'.",
        shouldDisplay: false)

    @Argument(help: "The file for the claims.")
    var claims: String?

    func run() async throws {
        let lifeline = try Lifeline()
        if let log = try claims.map({ try MomentLog($0) }) {
            WorkerCommand.reached.withLock { reached in
                reached = { step, job in
                    guard step == .claimed else { return }
                    do {
                        try log.note([job.row, MomentLog.now])
                    } catch {
                        Terminal.writeError("\(error)")
                    }
                }
            }
        }
        try await WorkerCommand.work(try Session())
        withExtendedLifetime(lifeline) {}
    }
}
