internal import JobStore
internal import Jobs
internal import KomodoSimulator

/// A simulated Komodo, a database, and what workers need to know of both.
package struct SimulatedWorld: Sendable {
    let simulator: KomodoSimulator
    let store: SQLiteJobStore
    private let site: Site
    private let address: SimulatorAddress

    /// The word of the command that is `komodo-mcp worker`, except that it ends with this process.
    package static let workerCommand = "bench-worker"

    /// Runs `body` in a world with so many deployments.
    ///
    /// - Parameter timeScale: multiplies how long operations take.
    static func with<Result: Sendable>(
        _ site: Site, deployments: Int, timeScale: Double,
        _ body: (SimulatedWorld) async throws -> Result
    ) async throws -> Result {
        var options = SimulatorOptions()
        options.extraDeployments = deployments
        options.timeScale = timeScale
        options.api = .core
        return try await withKomodoSimulator(options) { simulator, address in
            let store = try site.database("jobs-\(address.port)")
            let result = try await body(
                SimulatedWorld(
                    simulator: simulator, store: store, site: site, address: address))
            // They would go on with a Komodo that is gone.
            await site.crew.dismiss()
            try store.close()
            return result
        }
    }

    /// Starts a worker and waits until it works.
    ///
    /// - Parameter claims: the file where it notes each claim, see ``MomentLog``.
    func startWorker(claims: String? = nil) async throws -> Crew.Member {
        let member = try launchWorker(claims: claims)
        try await site.crew.wait("a worker works", for: member) {
            try await identity(of: member) != nil
        }
        return member
    }

    /// Starts a worker.
    func launchWorker(claims: String? = nil) throws -> Crew.Member {
        try site.crew.start(
            [Self.workerCommand] + (claims.map { [$0] } ?? []), environment: environment)
    }

    /// The id under which a worker is known; nil as long as it is not.
    func identity(of member: Crew.Member) async throws -> String? {
        try await store.workers().first { $0.worker.pid == member.program.pid }?.worker.id
    }

    /// A deployment of `app-0001` and so on.
    func deployment(_ number: Int) -> EnqueueRequest {
        let digits = "\(number + 1)"
        let name = "app-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return EnqueueRequest(
            job: NewJob(
                operation: .deploy, target: Target(type: .deployment, id: nil, name: name),
                instance: address.url, keyFingerprint: Orders.keyFingerprint,
                caller: Orders.caller))
    }

    /// Lets so many jobs run that a worker has begun, and waits until all do.
    func run(_ jobs: Int) async throws {
        _ = try await store.enqueue((0..<jobs).map(deployment))
        try await site.crew.wait("\(jobs) jobs run") {
            try await count(.running) == jobs
        }
    }

    private func count(_ status: JobStatus) async throws -> Int {
        try await store.stats(since: nil).rows.reduce(0) { $0 + ($1.counts[status] ?? 0) }
    }

    /// Enough that the budget, which is measured on its own, is never in the way.
    private static let limit = 50_000

    private var environment: [String: String] {
        [
            "KOMODO_URL": address.url, "KOMODO_API_KEY": address.apiKey,
            "KOMODO_API_SECRET": address.apiSecret, "KOMODO_API": "core",
            "KOMODO_INSTANCE": address.url, "KOMODO_JOBS_DB": store.path,
            "KOMODO_WORKER": "external", "KOMODO_RATE_LIMIT": "\(Self.limit)",
            "KOMODO_RATE_BURST": "\(Self.limit * 2)", "KOMODO_LOG_LEVEL": "warning",
            "HOME": site.folder, "PATH": "/usr/bin:/bin",
        ]
    }
}
