internal import ArgumentParser
private import Dispatch
private import Glibc

/// The worker that the demo starts; not for people.
///
/// It is `komodo-mcp worker`, except that it does not outlive the demo.
struct DemoWorkerCommand: AsyncParsableCommand {
    static let name = "demo-worker"
    static let configuration = CommandConfiguration(
        commandName: name, abstract: "Started by the demo.", shouldDisplay: false)

    private static let lifelineDescriptor: Int32 = 3

    func run() async throws {
        var facts = stat()
        guard fstat(Self.lifelineDescriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFIFO else {
            throw Detachment.notByHand
        }
        // On a thread that may block.
        DispatchQueue.global().async { Self.endWithTheDemo() }
        try await WorkerCommand.work(try Session())
    }

    /// Waits for the end of the demo, however that comes, and ends at once: the simulated Komodo is
    /// gone too, so there is nothing left to finish.
    private static func endWithTheDemo() {
        var byte: UInt8 = 0
        while read(lifelineDescriptor, &byte, 1) != 0 {
            guard errno == EINTR else { break }
        }
        _exit(ExitStatus.failure.rawValue)
    }
}
