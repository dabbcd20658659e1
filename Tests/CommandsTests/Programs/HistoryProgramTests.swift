internal import Foundation
internal import JSON
internal import JobStore
internal import Jobs
internal import TestSupport
internal import Testing

/// `search` and `prune` of the built programs.
@Suite(.timeLimit(.minutes(2))) struct HistoryProgramTests {
    /// Programs whose database holds some jobs that ended a year ago.
    private static func withOldJobs() async throws -> Programs {
        let programs = try Programs.unreachable()
        #expect(try await programs.mcp("db", "migrate").code == 0)
        for name in ["web", "api", "queue"] {
            #expect(try await programs.jobs("run", "deploy", name).code == 0)
            let list = try await programs.jobs("list", "-q", "--limit", "1")
            #expect(try await programs.jobs("cancel", try #require(list.lines.first)).code == 0)
        }
        try await age(programs)
        return programs
    }

    private static func age(_ programs: Programs) async throws {
        let sql = """
            UPDATE job SET created_at = created_at - 31536000000,
                finished_at = finished_at - 31536000000;
            INSERT INTO log SELECT id, 1, 0, 'Deploy', 'run', 'No space left on ' || target_name,
                '', 20, 0, 0, NULL, NULL FROM job;
            """
        let result = try await programs.run("sqlite3", [programs.database, sql])
        #expect(result.code == 0, "\(result.err)")
    }

    @Test func searchPrintsTheLineOfEachLog() async throws {
        let programs = try await Self.withOldJobs()
        let json = try await programs.jobs("search", "no SPACE left", "-f", "json")
        let items = try #require(json.json?["items"]?.array)
        #expect(
            items.compactMap { $0["line"]?.string }
                == ["queue", "api", "web"].map { "No space left on \($0)" })
        #expect(items.compactMap { $0["stage"]?.string } == ["Deploy", "Deploy", "Deploy"])
        #expect(try await programs.jobs("search", "no space", "-f", "jsonl").jsonLines == items)
        let ids = items.compactMap { $0["job_id"]?.string }
        #expect(try await programs.jobs("search", "no space", "-q").lines == ids)
        let table = try await programs.jobs("search", "no space", "--target", "api")
        #expect(table.lines.count == 2 && table.out.contains("No space left on api"))
        let page = try await programs.jobs("search", "no space", "--limit", "2", "-f", "json")
        let token = try #require(page.json?["next"]?.string)
        #expect(
            try await programs.jobs("search", "no space", "--page-token", token, "-q").lines
                == [ids[2]])
        let none = try await programs.jobs("search", "nothing of it")
        #expect(none.code == 0 && none.out.isEmpty && none.err.contains("No log matches"))
    }

    @Test(arguments: [
        ["search", "ab"], ["search", "two\nlines"], ["search", "abc", "--limit", "0"],
        ["search", "abc", "--page-token", "x"], ["search", "abc", "--operation", "fly"],
        ["prune", "--keep", "-1"], ["prune", "--older-than", "30"],
    ])
    func whatCannotBeMeantIsUsage(arguments: [String]) async throws {
        let programs = try await Self.withOldJobs()
        let outcome = try await programs.run("komodo-jobs", arguments)
        #expect(outcome.code == 2 && outcome.out.isEmpty, "\(outcome)")
    }

    @Test func pruningAsksAndWithoutATerminalRefuses() async throws {
        let programs = try await Self.withOldJobs()
        let refused = try await programs.jobs("prune")
        #expect(refused.code == 2)
        #expect(refused.err.contains("3 jobs") && refused.err.contains("-y"), "\(refused.err)")
        let dry = try await programs.jobs("prune", "--dry-run", "-f", "json")
        #expect(dry.json?["jobs"]?.int == 3 && dry.json?["dry_run"] == true)
        #expect(dry.json?["logs"]?.int == 3 && dry.json?["log_bytes"]?.int ?? 0 > 40)
        #expect(try await programs.jobs("list", "-q").lines.count == 3)
        let logs = try await programs.jobs("prune", "--logs-older-than", "30d", "-y", "-f", "json")
        #expect(logs.json?["logs"]?.int == 3 && logs.json?["jobs"]?.int == 0, "\(logs)")
        #expect(try await programs.jobs("search", "no space", "-q").lines.isEmpty)
        let kept = try await programs.jobs("prune", "--keep", "1", "-y", "-q")
        #expect(kept.lines == ["2"])
        #expect(try await programs.jobs("prune", "--older-than", "2y").code == 2)
        #expect(
            try await programs.jobs("prune", "--older-than", "800d", "-y").out
                == "Nothing is that old.\n")
        #expect(try await programs.jobs("prune", "-y", "-q").lines == ["1"])
        #expect(try await programs.jobs("list", "-q").lines.isEmpty)
        #expect(try await programs.mcp("db", "check").code == 0)
    }

    @Test func whatIsKeptForEverIsPrunedByAnAgeOnly() async throws {
        var programs = try await Self.withOldJobs()
        programs.settings["KOMODO_KEEP_JOBS"] = "forever"
        let refused = try await programs.jobs("prune", "-y")
        #expect(refused.code == 2 && refused.err.contains("--older-than"), "\(refused.err)")
        programs.settings["KOMODO_KEEP_JOBS"] = "forever"
        programs.settings["KOMODO_KEEP_LOGS"] = "30d"
        let logs = try await programs.jobs("prune", "-y", "-f", "json")
        #expect(logs.json?["jobs"]?.int == 0 && logs.json?["logs"]?.int == 3)
    }

    @Test func vacuumMakesTheFileSmallerAndAsksFirst() async throws {
        let programs = try await Self.withOldJobs()
        #expect(try await programs.mcp("db", "vacuum").code == 2)
        let done = try await programs.mcp("db", "vacuum", "-y", "-f", "json")
        #expect(done.code == 0 && done.json?["bytes_after"]?.int ?? 0 > 0, "\(done)")
        #expect(try await programs.mcp("db", "check").code == 0)
        #expect(try await programs.jobs("search", "no space", "-q").lines.count == 3)
    }
}
