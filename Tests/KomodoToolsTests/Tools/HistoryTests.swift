import JSON
import Jobs
import Testing

@testable import JobStore
@testable import KomodoTools

/// Lists stay quick however long the history is.
@Suite(.timeLimit(.minutes(5)), .serialized)
struct HistoryTests {
    private static let history = 100_000
    /// So much work a page may cost, in instructions of SQLite: some sixty for each row of it.
    private static let pageStepsMax = 10_000

    /// What people and models ask for, each with how the total is found.
    private static let questions: [(name: String, query: JobQuery)] = [
        ("everything", JobQuery()),
        ("one caller's", JobQuery(principal: "os:anna")),
        ("failed", JobQuery(statuses: [.failed])),
        ("unfinished", JobQuery(statuses: [.pending, .starting, .running])),
        ("a target's", JobQuery(target: "app-2")),
        ("an operation's", JobQuery(operation: .build)),
        ("lately", JobQuery(since: Timestamp(milliseconds: 1_769_099_990_000))),
    ]

    @Test func aPageCostsTheSameHoweverLongTheHistoryIs() async throws {
        try await ToolBench.offline { bench in
            try bench.seedHistory(Self.history)
            let raw = try RawDatabase(path: bench.store.path)
            for (name, query) in Self.questions {
                let sql = Self.bound(JobTable.listSQL(query, offset: 0).sql, query)
                let cost = try raw.run(sql)
                #expect(cost.rows.count <= query.limit + 1, "\(name)")
                #expect(cost.steps < Self.pageStepsMax, "\(name): \(cost.steps) steps")
                let plan = try raw.run("EXPLAIN QUERY PLAN " + sql).rows
                let sorts = plan.joined().filter { $0.contains("TEMP B-TREE") }
                // The rows of the page itself.
                #expect(sorts.count <= 1, "\(name): \(sorts)")
            }
        }
    }

    @Test func totalsAreCountedInAnIndexAlone() async throws {
        try await ToolBench.offline { bench in
            try bench.seedHistory(1_000)
            let raw = try RawDatabase(path: bench.store.path)
            for (name, query) in Self.questions where name != "lately" {
                let sql = Self.bound(JobTable.countSQL(query).sql, query)
                let plan = try raw.run("EXPLAIN QUERY PLAN " + sql).rows.joined()
                    .filter { $0.contains(" job") }
                #expect(
                    !plan.isEmpty && plan.allSatisfy { $0.contains("COVERING INDEX") }, "\(name)")
            }
        }
    }

    /// How many times as long as with a short history an answer may take: totals are counted.
    private static let slownessMax = 5
    private static let shortHistory = 1_000

    @Test func aListOfAHundredThousandJobsIsQuick() async throws {
        try await ToolBench.offline { short in
            try short.seedHistory(Self.shortHistory)
            try await ToolBench.offline { long in
                try long.seedHistory(Self.history)
                let questions: [JSONObject] = [
                    [:], ["page": 3], ["status": ["failed"]], ["target": "app-2"],
                    ["operation": "build"], ["status": ["pending", "running"]],
                    ["phase": "remote_failed"], ["page_size": 100], ["page": 2_000],
                ]
                for arguments in questions {
                    try await Self.compare(short, long, arguments)
                }
                let all = try await long.call(ToolName.list, ["page_size": 1])
                #expect(all.data["total"]?.int == Int64(Self.history + 20))
            }
        }
    }

    /// Asks both in turns, so that a busy machine slows both, and compares their best times.
    private static func compare(
        _ short: ToolBench, _ long: ToolBench, _ arguments: JSONObject
    ) async throws {
        for bench in [short, long] { try await bench.call(ToolName.list, arguments) }
        var best: [Duration] = [.seconds(1_000), .seconds(1_000)]
        for _ in 0..<11 {
            for (index, bench) in [short, long].enumerated() {
                let provider = KomodoToolProvider(context: bench.context)
                let call = bench.toolCall(ToolName.list, arguments)
                let begin = ContinuousClock.now
                _ = try await provider.run(ToolName.list, call)
                best[index] = min(best[index], ContinuousClock.now - begin)
            }
        }
        #expect(best[1] < best[0] * slownessMax + .milliseconds(50), "\(arguments): \(best)")
        print("komodo_jobs_List \(JSONValue.object(arguments).serialized()): \(best)")
    }

    /// The statement with its values written in.
    private static func bound(_ sql: String, _ query: JobQuery) -> String {
        let values = [
            "limit": "\(query.limit + 1)", "offset": "0",
            "principal": "'\(query.principal ?? "")'", "target": "'\(query.target ?? "")'",
            "operation": "'\(query.operation?.rawValue ?? "")'",
            "since": "\(query.since?.milliseconds ?? 0)",
        ]
        return values.reduce(sql) { sql, value in
            sql.split(separator: ":\(value.key)", omittingEmptySubsequences: false)
                .joined(separator: value.value)
        }
    }
}
