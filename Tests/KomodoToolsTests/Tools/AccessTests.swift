import JSON
import JobStore
import Jobs
import MCP
import Testing

@testable import KomodoTools

/// Who may do and see what.
@Suite(.timeLimit(.minutes(5)))
struct AccessTests {
    private static func token(_ name: String, _ scopes: String...) -> Caller {
        .token(Principal(name: name, scopes: Set(scopes)))
    }

    @Test func scopesIncludeTheOnesBefore() {
        #expect(Self.token("t", "destroy").may(.operate))
        #expect(Self.token("t", "operate").may(.read))
        #expect(!Self.token("t", "operate").may(.destroy))
        #expect(!Self.token("t").may(.read))
        #expect(!Self.token("t", "everything").may(.read))
        #expect(Caller.local(Principal(name: "os:anna")).seesAll)
        #expect(!Self.token("t", "destroy").seesAll)
    }

    @Test func listsShowWhatTheScopesAllow() async throws {
        try await ToolBench.offline({ $0.caller = Caller.token }) { bench in
            let provider = KomodoToolProvider(context: bench.context)
            func names(_ scopes: String...) async throws -> [String] {
                let principal = Principal(name: "t", scopes: Set(scopes))
                return try await provider.tools(for: principal).items.map(\.name)
            }
            #expect(try await names().isEmpty)
            #expect(
                try await names("read")
                    == CatalogueTests.reads + [
                        ToolName.list, ToolName.get, ToolName.wait, ToolName.logs, ToolName.search,
                        ToolName.budget,
                    ])
            let operate = try await names("operate")
            #expect(operate.contains(ToolName.deploy) && operate.contains(ToolName.retry))
            #expect(!operate.contains(ToolName.stopServer))
            #expect(try await names("destroy").contains(ToolName.stopServer))
            #expect(try await names("admin") == CatalogueTests.names)
        }
    }

    @Test func aMissingScopeIsForbiddenAndQueuesNothing() async throws {
        try await ToolBench.offline { bench in
            for (name, caller) in [
                (ToolName.deploy, Self.token("t", "read")),
                (ToolName.stopServer, Self.token("t", "operate")), (ToolName.get, Self.token("t")),
                (ToolName.stats, Self.token("t", "destroy")),
            ] {
                let answer = try await bench.call(name, ["id": "x"], as: caller)
                #expect(answer.code == "FORBIDDEN", "\(name)")
                #expect(answer.structured["status"] == 403)
            }
            #expect(try await bench.jobs().isEmpty)
        }
    }

    @Test func somebodyElsesJobIsNotFound() async throws {
        try await ToolBench.offline { bench in
            let mine = Self.token("anna", "destroy")
            let theirs = Self.token("bob", "destroy")
            let job = try await bench.deploy("api", as: mine)
            let arguments: JSONObject = ["job_id": .string("\(job.id)")]
            for name in [
                ToolName.get, ToolName.wait, ToolName.logs, ToolName.cancel, ToolName.retry,
                ToolName.resolve,
            ] {
                let answer = try await bench.call(name, arguments, as: theirs)
                #expect(answer.code == "NOT_FOUND", "\(name)")
            }
            #expect(try await bench.call(ToolName.list, [:], as: theirs).data["total"] == 0)
            let lease = try await bench.accept(job, update: "67a1b2c3d4e5f60718293a4b")
            _ = try await bench.finish(
                job, lease, as: .succeeded, logs: [ToolBench.log("Deploy", "needle")])
            for (caller, count) in [(mine, 1), (theirs, 0)] {
                let found = try await bench.call(ToolName.search, ["text": "needle"], as: caller)
                #expect(found.data["items"]?.array?.count == count)
            }
            #expect(try await bench.call(ToolName.list, [:], as: mine).data["total"] == 1)
            let admin = Self.token("root", "admin")
            #expect(try await bench.call(ToolName.list, [:], as: admin).data["total"] == 1)
            #expect(try await !bench.call(ToolName.get, arguments, as: admin).isError)
            let resources = JobResources(context: bench.context)
            let uri = "komodo://jobs/\(job.id)"
            #expect(try await resources.read(uri, for: theirs) == nil)
            #expect(try await resources.read(uri, for: mine) != nil)
            #expect(try await bench.store.job(row: job.row)?.cancelRequestedAt == nil)
        }
    }

    @Test func whoMayOperateMayNotRepeatAStop() async throws {
        try await ToolBench.offline { bench in
            _ = try await bench.call(
                ToolName.stopServer, ["id": "prod-1"], as: Self.token("anna", "destroy"),
                asking: .answers(.accepted(["confirm": true, "target": "prod-1"])))
            let job = try await bench.onlyJob()
            _ = try await bench.store.cancel(job.row)
            let answer = try await bench.call(
                ToolName.retry, ["job_id": .string("\(job.id)")],
                as: Self.token("anna", "operate"))
            #expect(answer.code == "FORBIDDEN")
        }
    }

    @Test func theJobInTheWayIsNamedOnlyToWhoMaySeeIt() async throws {
        try await ToolBench.live(works: false) { bench in
            let mine = Self.token("anna", "operate")
            let theirs = Self.token("bob", "operate")
            let first = try await bench.deploy("web", as: mine)
            _ = try await bench.accept(first, update: "67a1b2c3d4e5f60718293a4b")
            let waits: JSONObject = ["id": "web", "new": true]
            var refuses = waits
            refuses["on_busy"] = "fail"
            for (caller, isNamed) in [(mine, true), (theirs, false)] {
                let waiting = try await bench.call(ToolName.deploy, waits, as: caller)
                #expect(waiting.data["phase"] == "held")
                #expect((waiting.data["waits_for"]?.string == "\(first.id)") == isNamed)
                let refused = try await bench.call(ToolName.deploy, refuses, as: caller)
                #expect(refused.code == "CONFLICT")
                for answer in [waiting, refused] {
                    let text = answer.structured.serialized()
                    #expect(text.contains("\(first.id)") == isNamed, "\(text)")
                }
            }
        }
    }

    @Test func whoMayNotCallAToolIsToldSoWhateverTheArguments() async throws {
        try await ToolBench.offline { bench in
            let tool = try CatalogueTests.tool(ToolName.stopServer)
            let problems = try JSONSchema(tool.inputSchema).problems(in: [:], limit: 10)
            let provider = KomodoToolProvider(context: bench.context)
            func code(_ caller: Caller) -> String? {
                provider.invalidArguments(problems, of: tool, for: caller)
                    .structured?["code"]?.string
            }
            #expect(code(Self.token("t", "operate")) == "FORBIDDEN")
            #expect(code(Self.token("t", "destroy")) == "VALIDATION_ERROR")
        }
    }

    @Test func toolsAreSelected() {
        func names(_ selection: ToolSelection) -> [String] {
            KomodoToolProvider.catalogue.filter { ToolSelection.offer($0, [selection]) }
                .map(\.name)
        }
        #expect(!names(ToolSelection(isReadOnly: true)).contains { $0.contains("_execute_") })
        #expect(names(ToolSelection(isReadOnly: true)).contains(ToolName.stats))
        #expect(!names(ToolSelection(isReadOnly: true)).contains(ToolName.cancel))
        #expect(names(ToolSelection(toolsets: [.execute])).count == 9)
        #expect(names(ToolSelection(tools: [ToolName.get])) == [ToolName.get])
        #expect(
            names(ToolSelection(tools: [ToolName.get], excluded: [ToolName.get])).isEmpty)
    }
}
