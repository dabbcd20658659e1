import JSON
import JobStore
import Jobs
import Testing

@Suite(.timeLimit(.minutes(2)))
struct EnqueueConformance {
    @Test(arguments: StoreFactory.all)
    func aNewJobIsStoredAsItWasAskedFor(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.enqueue(.stopDeployment, 7) {
            $0.arguments = ["signal": "SIGINT", "time": .number("1.50")]
            $0.caller.traceContext = "00-1-2-00"
            $0.idempotencyKey = "key"
            $0.priority = -3
            $0.deadline = .seconds(90)
            $0.startWithin = .seconds(600)
            $0.waitsForHealth = true
            $0.retriesFailure = true
        }
        #expect(try await test.store.job("\(job.id)") == job)
        #expect(try await test.store.job(row: job.row) == job)
        #expect(job.state == .pending(.queued))
        #expect(job.operation == .stopDeployment)
        #expect(job.target == Samples.target(7))
        #expect(job.arguments == ["signal": "SIGINT", "time": .number("1.50")])
        #expect(job.caller.traceContext == "00-1-2-00" && job.caller.principal == "ann")
        #expect(job.idempotencyKey == "key" && job.priority == -3 && job.waitsForHealth)
        #expect(job.retriesFailure && job.facts.retriesFailure)
        #expect(job.deadline == .seconds(90) && job.startWithin == .seconds(600))
        #expect(job.createdAt == test.clock.now && job.runAt == test.clock.now)
        #expect(job.expiresAt == test.clock.now + .seconds(600))
        #expect(job.attempt == 0 && job.leaseOwner == nil && job.finishedAt == nil)
        #expect(!job.holdsLane && job.lane != nil)
        #expect(try await test.reasons(job) == ["enqueued"])
    }

    @Test(arguments: StoreFactory.all)
    func manyAreStoredInTheirOrder(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let requests = (1...50).map { EnqueueRequest(job: Samples.job(.deploy, $0)) }
        let jobs = try await test.store.enqueue(requests).compactMap(\.job)
        #expect(jobs.map(\.target) == (1...50).map { Samples.target($0) })
        #expect(jobs.map(\.row) == jobs.map(\.row).sorted())
        #expect(Set(jobs.map(\.id)).count == 50)
        #expect(try await test.store.enqueue([]) == [])
    }

    @Test(arguments: StoreFactory.all)
    func oneImpossibleRequestKeepsAllOut(factory: StoreFactory) async throws {
        let test = try await factory.make()
        var requests = (1...3).map { EnqueueRequest(job: Samples.job(.deploy, $0)) }
        requests[0].job.idempotencyKey = "key"
        requests[0].secrets = ["token": "x"]
        requests[2].job.startWithin = .zero
        #expect(await storeError { try await test.store.enqueue(requests) } != nil)
        #expect(try await test.store.jobs(JobQuery()).jobs.isEmpty)
        // The key was not used up.
        let job = try await test.enqueue(.stopDeployment) { $0.idempotencyKey = "key" }
        #expect(try await test.store.secrets(of: job.row).isEmpty)
    }

    // Idempotency keys.

    @Test(arguments: StoreFactory.all)
    func aKeyReturnsTheJobItMade(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.enqueue { $0.idempotencyKey = "key" }
        test.clock.advance(.seconds(86_400))
        for isNew in [false, true] {
            let again = try await test.result {
                $0.idempotencyKey = "key"
                $0.isNew = isNew
                $0.priority = 5
                $0.startWithin = .seconds(9)
            }
            #expect(again == .repeated(job))
        }
        #expect(try await test.store.jobs(JobQuery()).jobs == [job])
    }

    @Test(arguments: StoreFactory.all)
    func aKeyReturnsItsJobAfterTheEndToo(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.enqueue { $0.idempotencyKey = "key" }
        _ = try await test.store.cancel(job.row)
        let again = try await test.result {
            $0.idempotencyKey = "key"
            // Komodo cannot be asked for the target this time.
            $0.target.id = nil
        }
        #expect(again == .repeated(try await test.now(job)))
        #expect(again.job?.state == .cancelled(.beforeSend))
    }

    @Test(arguments: StoreFactory.all)
    func aKeyOfAnotherRequestIsAConflict(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.enqueue { $0.idempotencyKey = "key" }
        let changes: [@Sendable (inout NewJob) -> Void] = [
            { $0.arguments = ["stop_time": 3] }, { $0.target = Samples.target(2) },
            { $0.operation = .restartDeployment }, { $0.waitsForHealth = true },
        ]
        for change in changes {
            let result = try await test.result {
                $0.idempotencyKey = "key"
                change(&$0)
            }
            guard case .refused(let error) = result else {
                Issue.record("\(result)")
                continue
            }
            #expect(error.code == .conflict && error.message.contains("'key'"))
        }
        #expect(try await test.store.jobs(JobQuery()).jobs.count == 1)
    }

    @Test(arguments: StoreFactory.all)
    func aKeyBelongsToItsPrincipalAndInstance(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let first = try await test.enqueue { $0.idempotencyKey = "key" }
        let second = try await test.enqueue {
            $0.idempotencyKey = "key"
            $0.caller.principal = "bob"
        }
        let third = try await test.enqueue {
            $0.idempotencyKey = "key"
            $0.instance = "https://other.example"
        }
        #expect(Set([first.id, second.id, third.id]).count == 3)
    }

    @Test(arguments: StoreFactory.all)
    func aKeyTwiceInOneBatchMakesOneJob(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let request = EnqueueRequest(job: Samples.job { $0.idempotencyKey = "key" })
        let results = try await test.store.enqueue([request, request])
        guard case .created(let job) = results[0] else {
            Issue.record("\(results)")
            return
        }
        #expect(results[1] == .repeated(job))
    }

    @Test(arguments: StoreFactory.all)
    func aKeyUsedByManyAtOnceMakesOneJob(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let other = try await test.another()
        let request = EnqueueRequest(job: Samples.job { $0.idempotencyKey = "key" })
        let rows = try await withThrowingTaskGroup(of: Int64?.self) { group in
            for number in 0..<40 {
                let store = number.isMultiple(of: 2) ? test.store : other
                group.addTask { try await store.enqueue([request]).first?.job?.row }
            }
            return try await group.reduce(into: Set<Int64?>()) { $0.insert($1) }
        }
        #expect(rows.count == 1)
    }

    // Joining.

    @Test(arguments: StoreFactory.all, [0, 60, 120])
    func anEqualRequestJoinsWithinTwoMinutes(factory: StoreFactory, seconds: Int) async throws {
        let test = try await factory.make()
        let job = try await test.enqueue {
            $0.arguments = ["stop_signal": "SIGINT", "stop_time": 1]
        }
        test.clock.advance(.seconds(seconds))
        let again = try await test.result {
            $0.isNew = false
            $0.arguments = ["stop_time": 1, "stop_signal": "SIGINT"]
            $0.priority = 9
            $0.deadline = .seconds(3)
        }
        #expect(again == .joined(job))
    }

    @Test(arguments: StoreFactory.all)
    func anEqualRequestLaterMakesAnotherJob(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.enqueue()
        test.clock.advance(.milliseconds(120_001))
        let other = try await test.enqueue { $0.isNew = false }
        #expect(job.id != other.id)
    }

    @Test(arguments: StoreFactory.all)
    func anotherRequestDoesNotJoin(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.enqueue()
        let changes: [@Sendable (inout NewJob) -> Void] = [
            { $0.isNew = true }, { $0.arguments = ["stop_time": 3] },
            { $0.caller.principal = "bob" }, { $0.instance = "https://other.example" },
            { $0.target = Samples.target(2) }, { $0.operation = .restartDeployment },
            { $0.waitsForHealth = true }, { $0.idempotencyKey = "key" },
            { $0.runAt = Timestamp(milliseconds: .max / 2) },
        ]
        for change in changes {
            try await test.enqueue {
                $0.isNew = false
                change(&$0)
            }
        }
        #expect(try await test.store.jobs(JobQuery()).jobs.count == changes.count + 1)
    }

    @Test(arguments: StoreFactory.all)
    func aScheduledJobIsNotJoined(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let scheduled = try await test.enqueue { $0.runAt = test.clock.now + .seconds(10) }
        let now = try await test.enqueue { $0.isNew = false }
        #expect(scheduled.id != now.id)
        // Once it is due it is like any other.
        _ = try await test.store.cancel(now.row)
        try await test.pass(.seconds(10))
        let later = try await test.result { $0.isNew = false }
        #expect(later.job?.id == scheduled.id)
    }

    @Test(arguments: StoreFactory.all)
    func aJobUnderWayIsJoinedAndAFinishedOneIsNot(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.running(update: "u1") { $0.isNew = false }
        #expect(try await test.result { $0.isNew = false } == .joined(job))
        try await test.apply(.concluded(.succeeded), to: job)
        let next = try await test.enqueue { $0.isNew = false }
        #expect(next.id != job.id)
    }

    @Test(arguments: StoreFactory.all)
    func aJobMadeWithAKeyIsJoinedToo(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.enqueue { $0.idempotencyKey = "key" }
        #expect(try await test.result { $0.isNew = false } == .joined(job))
    }

    @Test(arguments: StoreFactory.all)
    func equalRequestsWithOtherSecretsDoNotJoin(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let new = Samples.job {
            $0.isNew = false
            $0.arguments = ["args": "[redacted]"]
        }
        let one = EnqueueRequest(job: new, secrets: ["args": "1"], identity: "with 1")
        let two = EnqueueRequest(job: new, secrets: ["args": "2"], identity: "with 2")
        let first = try await test.created(one)
        _ = try await test.created(two)
        #expect(try await test.result(of: one) == .joined(first))
    }

    // Busy targets.

    @Test(arguments: StoreFactory.all)
    func aBusyTargetIsRefusedOrWaitedFor(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let holder = try await test.running(update: "u1")
        let result = try await test.result(.restartDeployment) { $0.onBusy = .fail }
        guard case .refused(let error) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(error.code == .conflict && error.message.contains("\(holder.id)"))
        let waiting = try await test.enqueue(.restartDeployment)
        #expect(waiting.state == .pending(.held) && waiting.pausedAt == test.clock.now)
        let elsewhere = try await test.enqueue(.restartDeployment, 2) { $0.onBusy = .fail }
        #expect(elsewhere.state == .pending(.queued))
    }

    @Test(arguments: StoreFactory.all)
    func joiningComesBeforeRefusing(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let holder = try await test.running(update: "u1")
        let again = try await test.result {
            $0.isNew = false
            $0.onBusy = .fail
        }
        #expect(again == .joined(holder))
    }

    // Secrets.

    @Test(arguments: StoreFactory.all)
    func secretsAreThereUntilTheJobEnds(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let secrets: JSONObject = ["args": ["password": "hunter2", "n": .number("1.0")]]
        let request = EnqueueRequest(
            job: Samples.job { $0.arguments = ["args": "[redacted]"] }, secrets: secrets)
        let job = try await test.created(request)
        #expect(try await test.store.secrets(of: job.row) == secrets)
        #expect(!"\(job)".contains("hunter2"))
        let running = try await test.accept(try await test.claimOne(), update: "u1")
        #expect(try await test.store.secrets(of: job.row) == secrets)
        try await test.apply(.concluded(.succeeded), to: running)
        #expect(try await test.store.secrets(of: job.row).isEmpty)
    }

    @Test(arguments: StoreFactory.all)
    func secretsOfACancelledJobAreGone(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.created(
            EnqueueRequest(job: Samples.job(), secrets: ["args": "hunter2"]))
        _ = try await test.store.cancel(job.row)
        #expect(try await test.store.secrets(of: job.row).isEmpty)
    }
}
