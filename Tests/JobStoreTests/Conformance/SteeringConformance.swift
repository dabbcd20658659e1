import JSON
import JobStore
import Jobs
import Testing

/// Repeating jobs and settling those whose outcome is unknown.
@Suite(.timeLimit(.minutes(2)))
struct SteeringConformance {
    private static let bob = Samples.caller("bob")

    private static func ended(
        _ test: StoreUnderTest, _ change: (inout NewJob) -> Void = { _ in }
    ) async throws -> JobRecord {
        let job = try await test.running(update: "u1", change)
        return try await test.apply(.concluded(.failed(Samples.problem)), to: job)
    }

    @Test(arguments: StoreFactory.all)
    func aRetryIsANewJobOfTheSameKind(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let old = try await Self.ended(test) {
            $0.arguments = ["stop_time": 4]
            $0.priority = 3
            $0.startWithin = .seconds(77)
            $0.deadline = .seconds(88)
            $0.waitsForHealth = true
            $0.idempotencyKey = "key"
        }
        test.clock.advance(.seconds(9))
        let new = try await test.store.retry(old.row, by: Self.bob)
        #expect(new.id != old.id && new.retryOf == old.id.token && new.caller == Self.bob)
        #expect(new.state == .pending(.queued) && new.runAt == test.clock.now)
        #expect(new.operation == old.operation && new.target == old.target)
        #expect(new.arguments == old.arguments && new.priority == 3 && new.waitsForHealth)
        #expect(new.startWithin == .seconds(77) && new.deadline == .seconds(88))
        #expect(new.instance == old.instance && new.keyFingerprint == old.keyFingerprint)
        #expect(new.idempotencyKey == nil && new.attempt == 0)
        #expect(try await test.now(old) == old)
        #expect(try await test.now(new) == new)
    }

    @Test(arguments: StoreFactory.all)
    func aJobIsRepeatedOnce(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let old = try await Self.ended(test)
        let new = try await test.store.retry(old.row, by: Self.bob)
        let error = await #expect(throws: StoreError.self) {
            try await test.store.retry(old.row, by: Self.bob)
        }
        #expect(error?.code == .conflict && error?.message.contains("\(new.id)") == true)
    }

    @Test(arguments: StoreFactory.all)
    func manyRetriesAtOnceMakeOneJob(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let other = try await test.another()
        let old = try await Self.ended(test)
        let made = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<12 {
                let store = number.isMultiple(of: 2) ? test.store : other
                group.addTask {
                    await storeError { try await store.retry(old.row, by: Self.bob) } == nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(made == 1)
    }

    @Test(arguments: StoreFactory.all)
    func whatIsNotFinishedIsNotRepeated(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.enqueue()
        #expect(await storeError { try await test.store.retry(job.row, by: Self.bob) } == .conflict)
        #expect(
            await storeError { try await test.store.retry(99, by: Self.bob) } == .unknownReference)
        let running = try await test.accept(try await test.claimOne(), update: "u1")
        #expect(
            await storeError { try await test.store.retry(running.row, by: Self.bob) }
                == .conflict)
    }

    @Test(arguments: StoreFactory.all)
    func anUnknownOutcomeIsResolvedAndNotRetried(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let unknown = try await test.unknown()
        #expect(
            await storeError { try await test.store.retry(unknown.row, by: Self.bob) } == .conflict)
        let new = try await test.store.resolve(unknown.row, .retry, by: Self.bob)
        #expect(new.state == .pending(.queued) && new.retryOf == unknown.id.token)
        #expect(try await test.now(unknown) == unknown)
        for resolution in [Resolution.retry, .fail, .adopt("u1")] {
            #expect(
                await storeError {
                    try await test.store.resolve(unknown.row, resolution, by: Self.bob)
                } == .conflict)
        }
    }

    @Test(arguments: StoreFactory.all)
    func aKnownOutcomeIsNotResolved(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let ended = try await Self.ended(test)
        let pending = try await test.enqueue()
        for job in [ended, pending] {
            for resolution in [Resolution.retry, .fail, .adopt("u9")] {
                #expect(
                    await storeError {
                        try await test.store.resolve(job.row, resolution, by: Self.bob)
                    } == .conflict)
            }
        }
    }

    @Test(arguments: StoreFactory.all)
    func settlingAsFailedIsFinal(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let unknown = try await test.unknown()
        let settled = try await test.store.resolve(unknown.row, .fail, by: Self.bob)
        #expect(settled == unknown)
        #expect(try await test.reasons(unknown).last == "resolved_as_failed")
        for resolution in [Resolution.retry, .fail, .adopt("u1")] {
            #expect(
                await storeError {
                    try await test.store.resolve(unknown.row, resolution, by: Self.bob)
                } == .conflict)
        }
        #expect(try await test.store.jobs(JobQuery()).jobs.count == 1)
    }

    @Test(arguments: StoreFactory.all)
    func anAdoptedUpdateIsFollowedByANewJob(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let unknown = try await test.unknown()
        let new = try await test.store.resolve(unknown.row, .adopt("u1"), by: Self.bob)
        #expect(new.state == .running(.accepted) && new.remote == .update("u1"))
        #expect(new.attempt == 1 && new.retryOf == unknown.id.token && new.caller == Self.bob)
        #expect(new.acceptedAt == test.clock.now && new.leaseOwner == nil)
        #expect(try await test.now(new) == new)
        #expect(try await test.reasons(new) == ["enqueued", "adopted"])
        // It stands in the way of others like any run, and the next worker follows it.
        #expect(new.holdsLane)
        let next = try await test.enqueue(.runProcedure)
        #expect(next.state == .pending(.held))
        let taken = try await test.store.takeOver(Samples.worker(), grace: Samples.grace)
        #expect(taken.map(\.row) == [new.row])
        try await test.apply(.concluded(.succeeded), to: taken[0])
        #expect(try await test.claimOne().row == next.row)
    }

    @Test(arguments: StoreFactory.all)
    func anAdoptedRunDoesNotPushTheHolderOfItsLaneAside(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let unknown = try await test.unknown()
        let holder = try await test.running(.runProcedure, 1, update: "u7")
        let new = try await test.store.resolve(unknown.row, .adopt("u1"), by: Self.bob)
        #expect(new.state == .running(.accepted) && !new.holdsLane)
        #expect(try await test.store.laneHolder(try #require(new.lane))?.row == holder.row)
        let taken = try await test.store.takeOver(Samples.worker("w2"), grace: Samples.grace)
        let waiting = try await test.enqueue(.runProcedure)
        try await test.apply(.concluded(.succeeded), to: taken[0])
        #expect(try await test.state(waiting) == .pending(.held))
    }

    @Test(arguments: StoreFactory.all)
    func anUpdateWithAnOwnerIsNotAdopted(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let unknown = try await test.unknown()
        let owner = try await test.running(.deploy, 2, update: "u1")
        let error = await #expect(throws: StoreError.self) {
            try await test.store.resolve(unknown.row, .adopt("u1"), by: Self.bob)
        }
        #expect(error?.code == .conflict && error?.message.contains("\(owner.id)") == true)
        #expect(try await test.store.jobs(JobQuery()).jobs.count == 2)
        _ = try await test.store.resolve(unknown.row, .adopt("u2"), by: Self.bob)
    }

    @Test(arguments: StoreFactory.all)
    func twoUnknownJobsNeverAdoptOneUpdate(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let other = try await test.another()
        var unknown: [JobRecord] = []
        for target in 1...6 { unknown.append(try await test.unknown(.runProcedure, target)) }
        let jobs = unknown
        let adopted = await withTaskGroup(of: Bool.self) { group in
            for (number, job) in jobs.enumerated() {
                let store = number.isMultiple(of: 2) ? test.store : other
                group.addTask {
                    await storeError {
                        try await store.resolve(job.row, .adopt("u1"), by: Self.bob)
                    } == nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(adopted == 1)
    }

    @Test(arguments: StoreFactory.all)
    func secretArgumentsAreAskedForAgain(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let old = try await Self.ended(test) { $0.arguments = ["args": "[redacted]"] }
        #expect(await storeError { try await test.store.retry(old.row, by: Self.bob) } == .conflict)
        let unknown = try await Self.unknownWithSecret(test, 2)
        #expect(
            await storeError { try await test.store.resolve(unknown.row, .retry, by: Self.bob) }
                == .conflict)
    }

    @Test(arguments: StoreFactory.all)
    func secretArgumentsAreNeededOnlyToRunAgain(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let first = try await Self.unknownWithSecret(test, 1)
        _ = try await test.store.resolve(first.row, .fail, by: Self.bob)
        let second = try await Self.unknownWithSecret(test, 2)
        let new = try await test.store.resolve(second.row, .adopt("u1"), by: Self.bob)
        #expect(new.state == .running(.accepted))
    }

    private static func unknownWithSecret(_ test: StoreUnderTest, _ target: Int) async throws
        -> JobRecord
    {
        let request = EnqueueRequest(
            job: Samples.job(.triggerAction, target) { $0.arguments = ["args": "[redacted]"] },
            secrets: ["args": "hunter2"])
        _ = try await test.created(request)
        let sending = try await test.send(try await test.claimOne())
        let lost = try await test.apply(.submitted(.ambiguous(Samples.problem)), to: sending)
        return try await test.apply(.evidenceAmbiguous(candidates: ["u1", "u2"]), to: lost)
    }
}
