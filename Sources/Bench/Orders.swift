internal import JobStore
internal import Jobs

/// The jobs that are stored.
enum Orders {
    static let instance = "https://komodo.example"
    static let keyFingerprint = "0123456789abcdef"

    /// Deployments of different targets, so that no job waits for another.
    static func requests(_ numbers: Range<Int>) -> [EnqueueRequest] {
        numbers.map { number in
            let digits = String(number, radix: 16)
            let id = String(repeating: "0", count: 24 - digits.count) + digits
            return EnqueueRequest(
                job: NewJob(
                    operation: .deploy,
                    target: Target(type: .deployment, id: id, name: "app-\(number)"),
                    instance: instance, keyFingerprint: keyFingerprint, caller: caller))
        }
    }

    static let caller = NewJob.Caller(
        principal: "bench", clientName: "bench", clientVersion: "1")

    static let worker = WorkerRecord(
        id: "bench", kind: .embedded, instance: instance, keyFingerprint: keyFingerprint,
        servesAllKeys: false, pid: 1, host: "bench", version: "1",
        startedAt: Timestamp(milliseconds: 0))

    /// With a budget that is never used up.
    static let intent = IntentRequest(
        operatorID: "bench", komodoTime: nil, sendWindow: .seconds(5),
        requestTimeout: .seconds(20),
        limits: TokenBucket.Limits(perMinute: 10_000_000, burst: 100_000_000))
}
