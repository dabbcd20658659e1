import JobStore
import Jobs
import Testing

/// Texts in the logs of all jobs.
@Suite(.timeLimit(.minutes(2)))
struct LogSearchConformance {
    /// Stores a finished job with the given stages.
    private static func finished(
        _ test: StoreUnderTest, _ number: Int, _ texts: [String],
        _ change: (inout NewJob) -> Void = { _ in }
    ) async throws -> JobRecord {
        let job = try await test.running(.build, number, update: "u\(number)", change)
        let logs = texts.enumerated().map { Samples.log($0.offset, $0.element) }
        try await test.store.save(logs, try test.lease(of: job))
        return try await test.apply(.concluded(.succeeded), to: job)
    }

    private static func search(
        _ test: StoreUnderTest, _ text: String, _ query: JobQuery = JobQuery(), before: Int64? = nil
    ) async throws -> LogSearchPage {
        try await test.store.search(try #require(LogSearch(text, in: query, before: before)))
    }

    private static func jobs(
        _ test: StoreUnderTest, _ text: String, _ query: JobQuery = JobQuery()
    ) async throws -> [Int64] {
        try await search(test, text, query).hits.map(\.job.row)
    }

    @Test(arguments: StoreFactory.all)
    func whatIsFoundComesNewestFirstWithItsLine(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let first = try await Self.finished(test, 1, ["one\n  Error: No space left on device \nx"])
        _ = try await Self.finished(test, 2, ["all is well"])
        let last = try await Self.finished(test, 3, ["fine", "error: no space LEFT on disk"])
        let page = try await Self.search(test, "no space left")
        #expect(page.hits.map(\.job.row) == [last.row, first.row])
        #expect(page.hits.map(\.position) == [1, 0])
        #expect(page.hits.map(\.stage) == ["Stage 1", "Stage 0"])
        #expect(
            page.hits.map(\.line)
                == ["error: no space LEFT on disk", "Error: No space left on device"])
        #expect(page.next == nil && !page.isCutShort)
    }

    @Test(arguments: StoreFactory.all)
    func aTextIsFoundAnywhereInAWordAndAcrossWords(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let text = "pull registry.example.com/team/app:1.25.3-alpine@sha256:0123456789abcdef"
        let job = try await Self.finished(test, 1, [text])
        for part in ["example.com/team", "app:1.25", "6789abc", "alpine@sha", "y.e"] {
            #expect(try await Self.jobs(test, part) == [job.row], "\(part)")
        }
        #expect(try await Self.jobs(test, "example com/team").isEmpty)
        #expect(try await Self.jobs(test, "app:1.26").isEmpty)
    }

    @Test(
        arguments: StoreFactory.all,
        [
            "a AND b", "a OR b", "x NOT y", "NEAR(a b)", "\"quoted\"", "\"", "star*", "^caret",
            "stdout: x", "(open", "-minus", "a\"b'c", "{braces}", "100%", "under_score", "''; --",
            "\"\u{301}ab",
        ])
    func nothingOfATextMeansAnythingElse(factory: StoreFactory, text: String) async throws {
        let test = try await factory.make()
        _ = try await Self.finished(test, 1, ["a b quoted star caret stdout x open minus y braces"])
        guard text.count >= 3 else {
            #expect(LogSearch(text) == nil)
            return
        }
        #expect(try await Self.jobs(test, text).isEmpty)
        let job = try await Self.finished(test, 2, ["<\(text)>"])
        #expect(try await Self.jobs(test, text) == [job.row])
    }

    @Test(arguments: ["", "ab", "é1", "two\nlines", String(repeating: "x", count: 201), "nul\0nul"])
    func whatCannotBeSearchedForIsRefused(text: String) {
        #expect(LogSearch(text) == nil)
    }

    @Test(arguments: StoreFactory.all)
    func lettersOfAllScriptsAreFound(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await Self.finished(test, 1, ["Größe überschritten — 容器启动失败 🙂🙃🙂 end"])
        for text in ["größe", "容器启", "🙂🙃🙂", "— 容"] {
            #expect(try await Self.jobs(test, text) == [job.row], "\(text)")
        }
        #expect(try await Self.jobs(test, "容器失").isEmpty)
    }

    @Test(arguments: StoreFactory.all)
    func jobsAreFiltered(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let old = try await Self.finished(test, 1, ["needle"])
        test.clock.advance(.seconds(60))
        let moment = test.clock.now
        let bobs = try await Self.finished(test, 2, ["needle"]) {
            $0.caller = Samples.caller("bob")
        }
        let open = try await test.running(.build, 3, update: "u3")
        try await test.store.save([Samples.log(0, "needle")], try test.lease(of: open))
        func found(_ change: (inout JobQuery) -> Void) async throws -> [Int64] {
            var query = JobQuery()
            change(&query)
            return try await Self.jobs(test, "needle", query)
        }
        #expect(try await found { _ in } == [open.row, bobs.row, old.row])
        #expect(try await found { $0.statuses = [.running] } == [open.row])
        #expect(try await found { $0.statuses = [.success, .failed] } == [bobs.row, old.row])
        #expect(try await found { $0.principal = "bob" } == [bobs.row])
        #expect(try await found { $0.target = "build-1" } == [old.row])
        #expect(try await found { $0.operation = .deploy } == [])
        #expect(try await found { $0.since = moment } == [open.row, bobs.row])
        #expect(try await found { $0.since = moment + .seconds(9) } == [])
        #expect(try await found { $0.instance = "https://other.example" } == [])
    }

    @Test(arguments: StoreFactory.all)
    func pagesFollowEachOther(factory: StoreFactory) async throws {
        let test = try await factory.make()
        var jobs: [Int64] = []
        for number in 1...7 {
            jobs.insert(try await Self.finished(test, number, ["needle"]).row, at: 0)
        }
        var found: [Int64] = []
        var before: Int64?
        repeat {
            let page = try await Self.search(test, "needle", JobQuery(limit: 3), before: before)
            found += page.hits.map(\.job.row)
            before = page.next
            #expect(page.hits.count <= 3)
            _ = try await Self.finished(test, 100 + found.count, ["needle"])
        } while before != nil
        #expect(found == jobs)
    }

    @Test(arguments: StoreFactory.all)
    func aLongLineIsCutAroundTheText(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let side = String(repeating: "x", count: 2_000)
        _ = try await Self.finished(test, 1, ["\(side)needle\(side)"])
        let line = try #require(try await Self.search(test, "needle").hits.first?.line)
        #expect(line.count <= 302 && line.contains("needle"))
        #expect(line.hasPrefix("…x") && line.hasSuffix("x…"))
    }
}
