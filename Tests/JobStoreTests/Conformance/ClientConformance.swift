import JobStore
import Jobs
import Testing

/// What the servers of one database share about their clients.
@Suite(.timeLimit(.minutes(2)))
struct ClientConformance {
    @Test(arguments: StoreFactory.all)
    func allServersSealWithOneKey(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let other = try await test.another()
        async let one = test.store.sealKey()
        async let two = other.sealKey()
        let (first, second) = try await (one, two)
        #expect(first == second && first.count == 32)
        #expect(Set(first).count > 8)
        #expect(try await other.sealKey() == first)
        let foreign = try await factory.make()
        #expect(try await foreign.store.sealKey() != first)
        withExtendedLifetime(foreign) {}
    }

    @Test(arguments: StoreFactory.all)
    func aNonceIsSpentOnceWhoeverComesFirst(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let other = try await test.another()
        let expiry = test.clock.now + .seconds(60)
        let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<12 {
                let store = number.isMultiple(of: 2) ? test.store : other
                group.addTask { try await store.spend("n", until: expiry) }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(wins == 1)
        #expect(try await test.store.spend("m", until: expiry))
        test.clock.advance(.seconds(59))
        #expect(try await !test.store.spend("n", until: expiry))
        // Whatever it sealed has expired, so it need not be remembered.
        test.clock.advance(.seconds(2))
        #expect(try await test.store.spend("n", until: expiry + .seconds(60)))
    }

    @Test(arguments: StoreFactory.all)
    func hidingAnOutcomeChangesTheViewAndNotTheJob(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let running = try await test.running(update: "u1")
        try await test.store.hideOutcome(of: running.row)
        let moment = test.clock.now
        test.clock.advance(.seconds(5))
        try await test.store.hideOutcome(of: running.row)
        #expect(try await test.now(running).outcomeHiddenAt == moment)
        #expect(try await test.state(running) == .running(.accepted))
        try await test.apply(.concluded(.succeeded), to: running)
        #expect(try await test.now(running).outcomeHiddenAt == moment)
        let finished = try await test.running(.deploy, 2, update: "u2")
        try await test.apply(.concluded(.succeeded), to: finished)
        try await test.store.hideOutcome(of: finished.row)
        #expect(try await test.now(finished).outcomeHiddenAt == nil)
    }

    @Test(arguments: StoreFactory.all)
    func pagesByNumberTellTheTotal(factory: StoreFactory) async throws {
        let test = try await factory.make()
        var rows: [Int64] = []
        for number in 1...7 {
            let job = try await test.enqueue(.deploy, number) {
                $0.caller.principal = number.isMultiple(of: 2) ? "bob" : "ann"
            }
            rows.append(job.row)
        }
        func page(_ query: JobQuery, _ offset: Int) async throws -> ([Int64], Int) {
            let page = try await test.store.page(query, offset: offset)
            return (page.jobs.map(\.row), page.total)
        }
        #expect(try await page(JobQuery(limit: 3), 0) == ([rows[6], rows[5], rows[4]], 7))
        #expect(try await page(JobQuery(limit: 3), 6) == ([rows[0]], 7))
        #expect(try await page(JobQuery(limit: 3), 7) == ([], 7))
        let bobs = JobQuery(principal: "bob", limit: 2)
        #expect(try await page(bobs, 0) == ([rows[5], rows[3]], 3))
        #expect(try await page(bobs, 2) == ([rows[1]], 3))
        _ = try await test.store.cancel(rows[1])
        let open = JobQuery(statuses: [.pending, .running], principal: "bob")
        #expect(try await page(open, 0) == ([rows[5], rows[3]], 2))
        let both = JobQuery(statuses: [.pending, .cancelled], principal: "bob", limit: 2)
        #expect(try await page(both, 1) == ([rows[3], rows[1]], 3))
    }

    @Test(arguments: StoreFactory.all)
    func stagesAreThoseOfTheLastSuccessfulRun(factory: StoreFactory) async throws {
        let test = try await factory.make()
        func stages() async throws -> [String] {
            try await test.store.stages(
                .deploy, target: Samples.target(1), instance: Samples.instance)
        }
        #expect(try await stages() == [])
        let good = try await test.running(.deploy, 1, update: "u1")
        try await test.store.save(
            [Samples.log(1, "b"), Samples.log(0, "a")], try test.lease(of: good))
        try await test.apply(.concluded(.succeeded), to: good)
        let expected = [Samples.log(0, "a").stage, Samples.log(1, "b").stage]
        #expect(try await stages() == expected)
        let bad = try await test.running(.deploy, 1, update: "u2")
        try await test.store.save([Samples.log(0, "c")], try test.lease(of: bad))
        try await test.apply(.concluded(.failed(Samples.problem)), to: bad)
        #expect(try await stages() == expected)
        for (operation, instance) in [
            (JobOperation.stopDeployment, Samples.instance), (.deploy, "https://elsewhere.example"),
        ] {
            let others = try await test.store.stages(
                operation, target: Samples.target(1), instance: instance)
            #expect(others == [])
        }
    }

    @Test(arguments: StoreFactory.all)
    func tokensAreKeptByTheirNames(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let hash = String(repeating: "a", count: 64)
        let ann = AccessToken(
            name: "ann", hash: hash, scopes: ["read", "operate"], createdAt: test.clock.now)
        try await test.store.add(ann)
        var again = ann
        again.hash = String(repeating: "b", count: 64)
        let error = await storeError { try await test.store.add(again) }
        #expect(error == .conflict)
        #expect(try await test.another().accessTokens() == [ann])
        #expect(try await test.store.removeAccessToken("ann"))
        #expect(try await !test.store.removeAccessToken("ann"))
        #expect(try await test.store.accessTokens() == [])
    }
}
