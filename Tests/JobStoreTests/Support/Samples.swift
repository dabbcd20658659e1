import JSON
import JobStore
import Jobs

/// Requests, workers and events as tests use them.
enum Samples {
    static let instance = "https://komodo.example"
    static let problem = JobError(.serverError, "It broke.")
    static let limits = TokenBucket.Limits(perMinute: 6_000, burst: 60_000)
    static let grace: Duration = .seconds(30)

    /// The id of the deployment, build … number `number`.
    static func id(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 24 - digits.count) + digits
    }

    static func target(_ number: Int, _ type: TargetType = .deployment) -> Target {
        Target(type: type, id: id(number), name: "\(type.word)-\(number)")
    }

    static func caller(_ principal: String = "ann") -> NewJob.Caller {
        NewJob.Caller(principal: principal, clientName: "tests", clientVersion: "1")
    }

    /// A deployment of target 1, changed as the test needs it.
    static func job(
        _ operation: JobOperation = .deploy, _ target: Int = 1,
        _ change: (inout NewJob) -> Void = { _ in }
    ) -> NewJob {
        var job = NewJob(
            operation: operation, target: Self.target(target, operation.spec.targetType),
            instance: instance, keyFingerprint: "key-1", caller: caller(), isNew: true)
        change(&job)
        return job
    }

    static func worker(
        _ id: String = "w1", key: String = "key-1", instance: String = instance,
        servesAllKeys: Bool = false
    ) -> WorkerRecord {
        WorkerRecord(
            id: id, kind: servesAllKeys ? .daemon : .embedded, instance: instance,
            keyFingerprint: key, servesAllKeys: servesAllKeys, pid: 77, host: "host",
            version: "1.0", startedAt: Timestamp(milliseconds: 5))
    }

    static func intent(
        limits: TokenBucket.Limits = limits, komodoTime: KomodoTime? = nil
    ) -> IntentRequest {
        IntentRequest(
            operatorID: "operator-1", komodoTime: komodoTime, sendWindow: .seconds(5),
            requestTimeout: .seconds(20), limits: limits)
    }

    static func log(_ position: Int, _ text: String, attempt: Int = 1) -> LogEntry {
        LogEntry(
            attempt: attempt, position: position, stage: "Stage \(position)", command: "run",
            stdout: text, stderr: "", stdoutSize: text.utf8.count, stderrSize: 0, success: true,
            startedAt: Timestamp(milliseconds: 1), endedAt: nil)
    }
}
