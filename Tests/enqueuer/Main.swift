private import Glibc
private import JSON
private import JobStore
private import Jobs

/// Stores jobs one by one, as fast as it can.
///
/// `enqueuer DATABASE COUNT NAME` prints how many were
/// stored and the longest wait for one, in milliseconds, as JSON.
@main
struct Main {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let count = Int(arguments[2]) else { exit(2) }
        let store = try SQLiteJobStore.open(path: arguments[1], mode: .create(makingFolder: false))
        let clock = ContinuousClock()
        var stored = 0
        var waitMax: Duration = .zero
        for number in 0..<count {
            let request = EnqueueRequest(job: job("\(arguments[3])-\(number)"))
            let start = clock.now
            let results = try await store.enqueue([request])
            waitMax = max(waitMax, clock.now - start)
            if case .created = results[0] { stored += 1 }
        }
        let report: JSONValue = [
            "stored": .int(stored), "wait_max_ms": .int(waitMax.inMilliseconds),
        ]
        print(report.serialized())
    }

    private static func job(_ name: String) -> NewJob {
        NewJob(
            operation: .deploy, target: Target(type: .deployment, id: nil, name: name),
            instance: "http://127.0.0.1", keyFingerprint: "0123456789abcdef",
            caller: NewJob.Caller(
                principal: "test", clientName: "enqueuer", clientVersion: "1"))
    }
}
