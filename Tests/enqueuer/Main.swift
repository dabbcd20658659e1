private import Glibc
private import JSON
private import JobStore
private import Jobs

/// Stores jobs one by one, as fast as it can.
///
/// `enqueuer DATABASE COUNT NAME [FILE [EVERY]]` prints how many were stored and the longest wait
/// for one, in milliseconds, as JSON. To the file goes one line for each as soon as it is stored:
/// the wait in microseconds and its target, so that a process that is killed leaves what it was
/// told. After each EVERY jobs it checkpoints, as a worker does each second.
@main
struct Main {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard (4...6).contains(arguments.count), let count = Int(arguments[2]) else { exit(2) }
        let log = arguments.count > 4 ? appending(to: arguments[4]) : nil
        let every = arguments.count > 5 ? Int(arguments[5]) : nil
        let store = try SQLiteJobStore.open(path: arguments[1], mode: .create(makingFolder: false))
        let clock = ContinuousClock()
        var stored = 0
        var waitMax: Duration = .zero
        for number in 0..<count {
            let name = "\(arguments[3])-\(number)"
            let request = EnqueueRequest(job: job(name))
            let start = clock.now
            let results = try await store.enqueue([request])
            let wait = clock.now - start
            waitMax = max(waitMax, wait)
            guard case .created = results[0] else { continue }
            stored += 1
            if let log { note("\(Int(wait / .microseconds(1))) \(name)\n", in: log) }
            if let every, stored.isMultiple(of: every) { _ = try store.checkpointer.checkpoint() }
        }
        let report: JSONValue = [
            "stored": .int(stored), "wait_max_ms": .int(waitMax.inMilliseconds),
        ]
        print(report.serialized())
    }

    private static func appending(to path: String) -> Int32 {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard descriptor >= 0 else { exit(2) }
        return descriptor
    }

    /// Writes a line at once and whole.
    private static func note(_ line: String, in log: Int32) {
        var line = line
        let count = line.utf8.count
        guard line.withUTF8({ write(log, $0.baseAddress, $0.count) }) == count else { exit(3) }
    }

    private static func job(_ name: String) -> NewJob {
        NewJob(
            operation: .deploy, target: Target(type: .deployment, id: nil, name: name),
            instance: "http://127.0.0.1", keyFingerprint: "0123456789abcdef",
            caller: NewJob.Caller(
                principal: "test", clientName: "enqueuer", clientVersion: "1"))
    }
}
