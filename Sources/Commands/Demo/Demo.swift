private import Bootstrap
private import Glibc
private import Intake
internal import JobStore
internal import Jobs
private import KomodoClient
internal import KomodoSimulator
private import Logging

/// The course of the demo.
struct Demo: Sendable {
    let place: DemoPlace

    /// Short enough to watch, long enough to see.
    private static let timeScale = 0.4
    /// How many jobs have ended when the worker is killed.
    private static let endedBeforeKill = 2
    /// Longer than any step takes on a slow machine.
    private static let stepMax: Duration = .seconds(60)

    /// Plays it.
    ///
    /// - Returns: whether everything went as it should.
    func play() async throws -> Bool {
        var options = SimulatorOptions()
        options.timeScale = Self.timeScale
        options.faults = DemoJob.faults
        return try await withKomodoSimulator(options) { simulator, address in
            let variables = settings(address)
            // No file of the user's or of the machine's has a say.
            let settings = try Settings.load(
                environment: variables.merging(["KOMODO_LOG_LEVEL": "error"]) { $1 },
                currentDirectory: place.logs, systemDirectory: place.logs)
            let session = Session(
                settings: settings, environment: ProcessEnvironment.variables())
            let store = try session.openOrCreate()
            Terminal.write(
                """
                A simulated Komodo listens on \(address.url). The jobs are in
                \(store.path)

                """)
            let crew = DemoCrew(settings: variables, store: store)
            do {
                let jobs = try await run(session, store, crew)
                let isStopped = await crew.stop()
                return try await report(
                    session, store,
                    DemoVerdict(
                        jobs: jobs, store: store, ledger: simulator.ledger,
                        workers: crew.identities, isStopped: isStopped))
            } catch {
                await crew.kill()
                throw error
            }
        }
    }

    private func settings(_ address: SimulatorAddress) -> [String: String] {
        [
            "KOMODO_URL": address.url, "KOMODO_API_KEY": address.apiKey,
            "KOMODO_API_SECRET": address.apiSecret, "KOMODO_API": "core",
            "KOMODO_INSTANCE": address.url, "KOMODO_JOBS_DB": place.database,
            "KOMODO_WORKER": "external", "KOMODO_RATE_LIMIT": "100", "KOMODO_RATE_BURST": "200",
            "KOMODO_RETRY_COUNT": "3", "KOMODO_RETRY_DELAY": "1s",
            "KOMODO_REQUEST_TIMEOUT": "3s", "KOMODO_RECONCILE_GRACE": "2s",
            "KOMODO_START_WITHIN": "1h", "KOMODO_LOG_LEVEL": "info", "KOMODO_LOG_FORMAT": "plain",
        ]
    }

    private func run(
        _ session: Session, _ store: SQLiteJobStore, _ crew: DemoCrew
    ) async throws -> [JobRecord] {
        let jobs = try await enqueue(session, store)
        Terminal.write("\(jobs.count) jobs are on disk.")
        let watch = JobWatch(store: store, jobs: jobs, printer: Printer(format: .table))
        async let ended = watch.run(atMost: nil)
        try await disturb(jobs, store, crew, watch)
        return try await ended
    }

    private func enqueue(
        _ session: Session, _ store: SQLiteJobStore
    ) async throws -> [JobRecord] {
        let access = try session.settings.requireKomodo()
        let client = try await session.komodo(access, store: store)
        let intake = JobIntake(
            store: store, komodo: client, redactor: session.settings.redactor)
        do {
            var jobs: [JobRecord] = []
            for job in DemoJob.all {
                let request = NewJob(
                    operation: job.operation,
                    target: Target(type: job.operation.spec.targetType, id: nil, name: job.target),
                    instance: access.instance, keyFingerprint: access.keyFingerprint,
                    caller: session.caller())
                if let stored = try await intake.take(request).job { jobs.append(stored) }
            }
            await client.shutdown()
            return jobs
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// Kills the first worker in the middle, starts another one, and cancels a job that both had.
    private func disturb(
        _ jobs: [JobRecord], _ store: SQLiteJobStore, _ crew: DemoCrew, _ watch: JobWatch
    ) async throws {
        guard let long = jobs.first(where: { $0.target.name == DemoJob.cancelled.target }) else {
            preconditionFailure("every job of the demo was stored")
        }
        let first = try await crew.start()
        watch.say("Worker 1 works (process \(first.pid)).")
        try await until("jobs run", store) {
            let current = try await store.jobs(JobQuery(limit: jobs.count)).jobs
            let isRunning = current.contains { $0.row == long.row && $0.state.status == .running }
            return isRunning && current.count(where: \.state.isTerminal) >= Self.endedBeforeKill
        }
        first.send(SIGKILL)
        _ = await first.end()
        watch.say("Worker 1 was killed in the middle (SIGKILL). Its jobs are on disk.")
        let second = try await crew.start()
        watch.say("Worker 2 works (process \(second.pid)) and takes them over.")
        try await until("worker 2 has the jobs of worker 1", store) {
            guard let job = try await store.job(row: long.row) else { return false }
            return job.leaseOwner == crew.identities.last
        }
        watch.say("Somebody cancels \(DemoJob.cancelled.title).")
        _ = try await store.cancel(long.row)
    }

    private func until(
        _ condition: String, _ store: SQLiteJobStore,
        _ holds: @escaping @Sendable () async throws -> Bool
    ) async throws {
        let seen = try await JobWaiter(store).wait(atMost: Self.stepMax) {
            try await holds() ? true : nil
        }
        guard seen != nil else {
            throw CommandError(
                .failure,
                "Waited for \(TimeText.short(Self.stepMax)) until \(condition). The logs of the "
                    + "workers are in \(place.logs).")
        }
    }

    private func report(
        _ session: Session, _ store: SQLiteJobStore, _ verdict: DemoVerdict
    ) async throws -> Bool {
        let findings = try await verdict.findings()
        let report = DemoReport(
            place: place, store: store, limits: session.limits, jobs: verdict.jobs)
        Terminal.write(try await report.text(findings))
        return findings.isGood
    }
}
