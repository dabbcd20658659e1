import JobStore
import Jobs
import Testing

/// Workers that die, fall silent or leave, and who gets their jobs.
@Suite(.timeLimit(.minutes(2)))
struct TakeoverConformance {
    private static let rescuer = Samples.worker("w2")

    @Test(arguments: StoreFactory.all)
    func workersAreListedWithTheirLife(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let life = try test.start("w1")
        try await test.store.register(Samples.worker("w1"))
        try await test.store.register(Samples.worker("w2", servesAllKeys: true))
        test.clock.advance(.seconds(4))
        let workers = try await test.store.workers()
        #expect(
            workers.map(\.worker)
                == [Samples.worker("w1"), Samples.worker("w2", servesAllKeys: true)])
        #expect(workers.map(\.liveness.isAlive) == [true, false])
        #expect(workers.map(\.liveness.silence) == [.seconds(4), .seconds(4)])
        try await test.store.heartbeat(Samples.worker("w1"))
        #expect(try await test.store.workers().map(\.liveness.silence) == [.zero, .seconds(4)])
        withExtendedLifetime(life) {}
    }

    @Test(arguments: StoreFactory.all)
    func aWorkerServesWhileItLivesAndIsHeardAndDoesNotDrain(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let life = try test.start("w1")
        try await test.store.register(Samples.worker("w1"))
        try await test.store.register(Samples.worker("w2"))
        func serving(_ key: String = "key-1") async throws -> [String] {
            try await test.store.workers().filter {
                $0.worker.isServing(
                    instance: Samples.instance, keyFingerprint: key, $0.liveness)
            }.map(\.worker.id)
        }
        #expect(try await serving() == ["w1"])
        #expect(try await serving("key-2").isEmpty)
        test.clock.advance(Liveness.leaseTime + .milliseconds(1))
        #expect(try await serving().isEmpty)
        try await test.store.heartbeat(Samples.worker("w1"))
        #expect(try await serving() == ["w1"])
        try await test.store.markDraining("w1")
        #expect(try await serving().isEmpty)
        try await test.store.heartbeat(Samples.worker("w1"))
        #expect(try await serving().isEmpty)
        withExtendedLifetime(life) {}
    }

    @Test(arguments: StoreFactory.all)
    func whoeverOwnsAJobIsRegistered(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let known: () async throws -> [String] = {
            try await test.store.workers().map(\.worker.id)
        }
        try await test.enqueue()
        let claimed = try await test.claimOne()
        #expect(try await known() == ["w1"])
        _ = try await test.accept(claimed, update: "u1")
        #expect(
            try await test.store.takeOver(Self.rescuer, grace: Samples.grace).map(\.row)
                == [claimed.row])
        #expect(try await known() == ["w2"])
        try await test.store.heartbeat(Samples.worker("w1"))
        #expect(try await known().sorted() == ["w1", "w2"])
    }

    @Test(arguments: StoreFactory.all)
    func aDeadWorkersJobsAreTakenAtOnce(factory: StoreFactory) async throws {
        let test = try await factory.make()
        var life: (any AnyObject & Sendable)? = try test.start("w1")
        try await test.store.register(Samples.worker("w1"))
        let running = try await test.running(.deploy, 1, update: "u1")
        let lost = try await test.reconciling(.deploy, 2)
        try await test.enqueue(.deploy, 3)
        let sending = try await test.send(try await test.claimOne())
        try await test.enqueue(.deploy, 4)
        let claimed = try await test.claimOne()

        #expect(try await test.store.takeOver(Self.rescuer, grace: Samples.grace).isEmpty)
        test.clock.advance(.seconds(2))
        withExtendedLifetime(life) {}
        life = nil
        let taken = try await test.store.takeOver(Self.rescuer, grace: Samples.grace)
        #expect(taken.map(\.row) == [running.row, lost.row, sending.row, claimed.row])
        #expect(
            taken.map(\.state) == [
                .running(.accepted), .starting(.reconciling), .starting(.reconciling),
                .pending(.queued),
            ])
        #expect(taken.map(\.leaseOwner) == ["w2", "w2", "w2", nil])
        #expect(taken[2].ownerLostAt == test.clock.now)
        // It can send no more from now on; who has died looking for an answer tells nothing.
        #expect(taken[2].intent?.leavesBy == test.clock.storeClock().moment())
        #expect(taken[2].intent?.sentAt == sending.intent?.sentAt)
        #expect(taken[1].intent == lost.intent)
        #expect(taken.map(\.attempt) == [1, 1, 1, 0])
        for (old, new) in zip([running, lost, sending, claimed], taken) {
            #expect(try await test.now(old) == new)
            #expect(new.leaseNumber > old.leaseNumber && new.holdsLane)
            let result = try await test.store.advance(
                try test.lease(of: old), by: .cancelDelivered, Findings())
            #expect(result == .leaseLost)
        }
        #expect(try await test.store.workers().map(\.worker.id) == ["w2"])
        #expect(try await test.store.owned(by: "w1").isEmpty)
        #expect(try await test.store.owned(by: "w2").count == 3)
        #expect(try await test.store.takeOver(Self.rescuer, grace: Samples.grace).isEmpty)
    }

    @Test(arguments: StoreFactory.all)
    func manyRescuersNeverShareAJob(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let other = try await test.another()
        try await test.store.register(Samples.worker("w1"))
        // Whoever took jobs and has no lock in hand is lost itself.
        let lives = try (0..<6).map { try test.start("r\($0)") }
        defer { withExtendedLifetime(lives) {} }
        for target in 1...10 {
            _ = try await test.running(.deploy, target, update: "u\(target)")
        }
        let taken = try await withThrowingTaskGroup(of: [JobRecord].self) { group in
            for number in 0..<6 {
                let store = number.isMultiple(of: 2) ? test.store : other
                group.addTask {
                    try await store.takeOver(Samples.worker("r\(number)"), grace: Samples.grace)
                }
            }
            return try await group.reduce([], +)
        }
        #expect(taken.count == 10 && Set(taken.map(\.row)).count == 10)
        for job in taken { #expect(try await test.now(job) == job) }
    }

    @Test(arguments: StoreFactory.all)
    func aSilentWorkerLosesWhatRunsAfterItsLeaseAndTheRestAfterTheGrace(
        factory: StoreFactory
    ) async throws {
        let test = try await factory.make()
        let life = try test.start("w1")
        try await test.store.register(Samples.worker("w1"))
        let running = try await test.running(.deploy, 1, update: "u1")
        let lost = try await test.reconciling(.deploy, 2)
        try await test.enqueue(.deploy, 3)
        let sending = try await test.send(try await test.claimOne())

        test.clock.advance(Liveness.leaseTime)
        #expect(try await test.store.takeOver(Self.rescuer, grace: Samples.grace).isEmpty)
        test.clock.advance(.milliseconds(1))
        let first = try await test.store.takeOver(Self.rescuer, grace: Samples.grace)
        #expect(first.map(\.row) == [running.row])
        // It lives, so it is not forgotten.
        #expect(try await test.store.workers().map(\.worker.id).contains("w1"))
        test.clock.advance(Samples.grace - .milliseconds(1))
        #expect(try await test.store.takeOver(Self.rescuer, grace: Samples.grace).isEmpty)
        test.clock.advance(.milliseconds(1))
        let second = try await test.store.takeOver(Self.rescuer, grace: Samples.grace)
        #expect(second.map(\.row) == [lost.row, sending.row])
        withExtendedLifetime(life) {}
    }

    @Test(arguments: StoreFactory.all)
    func aHeartbeatKeepsTheJobs(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let life = try test.start("w1")
        try await test.store.register(Samples.worker("w1"))
        _ = try await test.running(update: "u1")
        for _ in 0..<10 {
            test.clock.advance(.seconds(14))
            #expect(try await test.store.takeOver(Self.rescuer, grace: Samples.grace).isEmpty)
            try await test.store.heartbeat(Samples.worker("w1"))
        }
        withExtendedLifetime(life) {}
    }

    /// Such a worker is treated as suspended, not as dead: it may be sending.
    @Test(arguments: StoreFactory.all)
    func aLifeThatCannotBeReadIsToldByItsHeartbeat(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try test.hide("w1")
        try await test.store.register(Samples.worker("w1"))
        let running = try await test.running(.deploy, 1, update: "u1")
        try await test.enqueue(.deploy, 2)
        let sending = try await test.send(try await test.claimOne())
        func taken() async throws -> [Int64] {
            try await test.store.takeOver(Self.rescuer, grace: Samples.grace).map(\.row)
        }
        #expect(try await test.store.workers().map(\.liveness.isAlive) == [true])
        test.clock.advance(Liveness.leaseTime - .milliseconds(1))
        #expect(try await taken().isEmpty)
        test.clock.advance(.milliseconds(2))
        #expect(try await taken() == [running.row])
        test.clock.advance(Samples.grace)
        #expect(try await taken() == [sending.row])
        #expect(try await test.store.workers().count == 2)
        test.clock.advance(Liveness.forgottenAfter)
        _ = try await taken()
        #expect(try await test.store.workers().map(\.worker.id) == ["w2"])
    }

    @Test(arguments: StoreFactory.all)
    func aRescuerTakesWhatItServesAndLeavesTheRest(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let daemon = Samples.worker("w1", key: "key-9", servesAllKeys: true)
        try await test.store.register(daemon)
        let mine = try await test.running(.deploy, 1, update: "u1", worker: daemon)
        let other = try await test.running(.deploy, 2, update: "u2", worker: daemon) {
            $0.keyFingerprint = "key-2"
        }
        let taken = try await test.store.takeOver(Self.rescuer, grace: Samples.grace)
        #expect(taken.map(\.row) == [mine.row])
        #expect(try await test.now(other) == other)
        // The dead worker is remembered while jobs are left to take from it.
        #expect(try await test.store.workers().map(\.worker.id) == ["w1", "w2"])
        let second = Samples.worker("w3", key: "key-2")
        #expect(
            try await test.store.takeOver(second, grace: Samples.grace).map(\.row) == [other.row])
        #expect(try await test.store.workers().map(\.worker.id) == ["w2", "w3"])
    }

    @Test(arguments: StoreFactory.all)
    func anOverdueJobIsTakenOverAsItIs(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.store.register(Samples.worker("w1"))
        let overdue = try await test.apply(
            .deadlinePassed, to: try await test.running(update: "u1"))
        let taken = try await test.store.takeOver(Self.rescuer, grace: Samples.grace)
        #expect(taken.map(\.row) == [overdue.row])
        #expect(taken[0].state == .failed(.deadline) && taken[0].leaseOwner == "w2")
        #expect(taken[0].finishedAt == overdue.finishedAt && taken[0].holdsLane)
        #expect(taken[0].error == overdue.error)
        let result = try await test.store.advance(
            try test.lease(of: taken[0]), by: .concluded(.succeeded), Findings())
        guard case .noted = result else {
            Issue.record("\(result)")
            return
        }
        #expect(try await test.now(overdue).lateOutcome != nil)
    }

    // Leaving.

    @Test(arguments: StoreFactory.all)
    func whoRetiresGivesEverythingBack(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.store.register(Samples.worker("w1"))
        let running = try await test.running(.deploy, 1, update: "u1")
        let lost = try await test.reconciling(.deploy, 2)
        let overdue = try await test.apply(
            .deadlinePassed, to: try await test.running(.deploy, 3, update: "u3"))
        try await test.enqueue(.deploy, 4)
        let claimed = try await test.claimOne()
        try await test.store.retire("w1")
        #expect(try await test.store.workers().isEmpty)
        #expect(try await test.store.owned(by: "w1").isEmpty)
        let back = try await test.now(claimed)
        #expect(back.state == .pending(.queued) && back.attempt == 0 && back.holdsLane)
        #expect(
            try await test.store.advance(
                try test.lease(of: running), by: .concluded(.succeeded), Findings()) == .leaseLost)

        let taken = try await test.store.takeOver(Self.rescuer, grace: Samples.grace)
        #expect(Set(taken.map(\.row)) == [running.row, lost.row, overdue.row])
        #expect(taken.allSatisfy { $0.leaseOwner == "w2" && $0.holdsLane })
        #expect(try await test.state(running) == .running(.accepted))
        #expect(try await test.state(lost) == .starting(.reconciling))
        #expect(try await test.state(overdue) == .failed(.deadline))
    }

    @Test(arguments: StoreFactory.all)
    func whoRetiresWhileSendingKeepsThatJob(factory: StoreFactory) async throws {
        let test = try await factory.make()
        var life: (any AnyObject & Sendable)? = try test.start("w1")
        try await test.store.register(Samples.worker("w1"))
        try await test.enqueue()
        let sending = try await test.send(try await test.claimOne())
        try await test.store.retire("w1")
        #expect(try await test.now(sending) == sending)
        #expect(try await test.store.workers().map(\.worker.id) == ["w1"])
        #expect(try await test.store.takeOver(Self.rescuer, grace: Samples.grace).isEmpty)
        withExtendedLifetime(life) {}
        life = nil
        let taken = try await test.store.takeOver(Self.rescuer, grace: Samples.grace)
        #expect(taken.map(\.state) == [.starting(.reconciling)])
    }

    @Test(arguments: StoreFactory.all)
    func aWorkerWithWorkToDoDoesNotLeave(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let worker = Samples.worker("w1")
        try await test.store.register(worker)
        let job = try await test.enqueue()
        #expect(try await test.store.retireIfIdle(worker) == false)
        let running = try await test.accept(try await test.claimOne(), update: "u1")
        #expect(try await test.store.retireIfIdle(worker) == false)
        let overdue = try await test.apply(.deadlinePassed, to: running)
        #expect(try await test.store.retireIfIdle(worker) == false)
        #expect(try await test.store.workers().count == 1)
        _ = try await test.store.advance(
            try test.lease(of: overdue), by: .concluded(.succeeded), Findings())
        #expect(try await test.state(job).isTerminal)
        try await test.enqueue(.deploy, 2) { $0.keyFingerprint = "key-2" }
        try await test.enqueue(.deploy, 3) { $0.instance = "https://other.example" }
        #expect(try await test.store.retireIfIdle(worker))
        #expect(try await test.store.workers().map(\.worker.isDraining) == [true])
        // Its last heartbeat does not make it look as if it worked.
        try await test.store.heartbeat(worker)
        #expect(try await test.store.workers().map(\.worker.isDraining) == [true])
    }

    /// A caller that stores a job and then sees a worker may rely on that worker.
    @Test(arguments: StoreFactory.all)
    func noWorkerLeavesAfterACallerSawItBesideItsJob(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let other = try await test.another()
        for round in 0..<60 {
            let worker = Samples.worker("w\(round)", key: "key-\(round)")
            try await test.store.register(worker)
            let request = EnqueueRequest(
                job: Samples.job(.deploy, round) { $0.keyFingerprint = worker.keyFingerprint })
            async let retired = other.retireIfIdle(worker)
            _ = try await test.store.enqueue([request])
            let seen = try await test.store.workers().contains {
                $0.worker.id == worker.id && !$0.worker.isDraining
            }
            let left = try await retired
            #expect(!(seen && left), "round \(round)")
            try await test.store.retire(worker.id)
        }
    }

    @Test(arguments: StoreFactory.all)
    func unfinishedJobsAreFoundByInstanceAndKey(factory: StoreFactory) async throws {
        let test = try await factory.make()
        func has(_ key: String?, _ instance: String = Samples.instance) async throws -> Bool {
            try await test.store.hasUnfinished(instance: instance, keyFingerprint: key)
        }
        #expect(try await !has(nil))
        let job = try await test.enqueue()
        #expect(try await has(nil))
        #expect(try await has("key-1"))
        #expect(try await !has("key-2"))
        #expect(try await !has(nil, "https://other.example"))
        _ = try await test.store.cancel(job.row)
        #expect(try await !has(nil))
    }
}
