import JSON
import JobStore
import Jobs
import MCP
import Testing

@testable import KomodoTools

/// What is not offered as a tool cannot be had by another way.
@Suite(.timeLimit(.minutes(5)))
struct DetourTests {
    private static func cancelled(_ bench: ToolBench) async throws -> JobRecord {
        let job = try await bench.deploy("web")
        _ = try await bench.store.cancel(job.row)
        return job
    }

    private static func lost(_ bench: ToolBench) async throws -> JobRecord {
        try await bench.lose(try await bench.deploy("api"))
    }

    @Test(
        arguments: [
            ["toolset:jobs"], ["tool:\(ToolName.retry)", "tool:\(ToolName.resolve)"],
            ["without:\(ToolName.deploy)"],
        ])
    func aJobIsRepeatedOnlyByWhoIsOfferedItsTool(_ limits: [String]) async throws {
        try await ToolBench.offline { bench in
            let limited = Caller.token(Principal(name: "t", scopes: Set(["admin"] + limits)))
            let free = Caller.token(Principal(name: "t", scopes: ["admin"]))
            let ended = try await Self.cancelled(bench)
            let lost = try await Self.lost(bench)
            for (tool, job) in [(ToolName.retry, ended), (ToolName.resolve, lost)] {
                var arguments: JSONObject = ["job_id": .string("\(job.id)")]
                if tool == ToolName.resolve { arguments["resolution"] = "retry" }
                let refused = try await bench.call(tool, arguments, as: limited)
                #expect(refused.code == "FORBIDDEN", "\(tool)")
                #expect(refused.structured["error"]?.string?.contains(ToolName.deploy) == true)
                let before = try await bench.jobs().count
                #expect(before == (tool == ToolName.retry ? 2 : 3))
                let repeated = try await bench.call(tool, arguments, as: free)
                #expect(!repeated.isError, "\(tool): \(repeated.structured)")
                #expect(try await bench.jobs().count == before + 1)
            }
        }
    }

    /// Words of tokens that may settle jobs and not order this one.
    private static let limits = [
        ["operate"], ["admin", "toolset:jobs"], ["admin", "tool:\(ToolName.resolve)"],
        ["admin", "without:\(ToolName.stopServer)"], ["admin", "no-destroy"],
    ]

    @Test(arguments: limits, ["adopt", "retry"])
    func aLostJobIsSettledWithANewOneOnlyByWhoMayOrderIt(
        _ words: [String], _ resolution: String
    ) async throws {
        try await ToolBench.offline { bench in
            let free = Caller.token(Principal(name: "t", scopes: ["admin"]))
            let yes = Answering.answers(.accepted(["confirm": true, "target": "prod-1"]))
            let ordered = try await bench.call(
                ToolName.stopServer, ["id": "prod-1"], as: free, asking: yes)
            let job = try await bench.lose(
                try await bench.store.job(try #require(ordered.jobID)))
            var arguments: JSONObject = [
                "job_id": .string("\(job.id)"), "resolution": .string(resolution),
            ]
            if resolution == "adopt" { arguments["update_id"] = "67a1b2c3d4e5f60718293a4b" }
            let limited = Caller.token(Principal(name: "t", scopes: Set(words)))
            let refused = try await bench.call(
                ToolName.resolve, arguments, as: limited, asking: yes)
            #expect(refused.code == "FORBIDDEN", "\(refused.structured)")
            #expect(try await bench.jobs().count == 1)
            let settled = try await bench.call(
                ToolName.resolve, arguments, as: free, asking: yes)
            #expect(!settled.isError, "\(settled.structured)")
            #expect(try await bench.jobs().count == 2)
        }
    }

    @Test func anOperationWithoutAToolGoesWithThoseOfItsType() async throws {
        try await ToolBench.offline({ $0.selection = ToolSelection() }) { bench in
            let free = Caller.local(ToolBench.anna)
            #expect(bench.context.hidingRepetition(of: .pauseDeployment, from: free) == nil)
            #expect(bench.context.hidingRepetition(of: .pauseStack, from: free) != nil)
            let stacks = Caller.token(Principal(name: "t", scopes: ["admin", "toolset:stacks"]))
            #expect(bench.context.hidingRepetition(of: .pauseStack, from: stacks) == nil)
            let jobs = Caller.token(Principal(name: "t", scopes: ["admin", "toolset:jobs"]))
            #expect(bench.context.hidingRepetition(of: .pauseDeployment, from: jobs) != nil)
        }
    }

    @Test func anExcludedCancelCancelsNoTask() async throws {
        try await ToolBench.offline({ $0.selection.excluded = [ToolName.cancel] }) { bench in
            let job = try await bench.deploy("web")
            let tasks = JobTasks(context: bench.context)
            let error = await #expect(throws: RPCError.self) {
                try await tasks.cancel("\(job.id)", for: ToolBench.anna, hidesOutcome: true)
            }
            #expect(error?.message.contains("--exclude-tools \(ToolName.cancel)") == true)
            let now = try #require(try await bench.store.job(row: job.row))
            #expect(now.cancelRequestedAt == nil && now.outcomeHiddenAt == nil)
            #expect(try await tasks.task("\(job.id)", for: ToolBench.anna) != nil)
        }
    }

    @Test(arguments: [[ToolName.get], [ToolName.list], []])
    func excludedToolsShowNoTasks(_ excluded: Set<String>) async throws {
        try await ToolBench.offline({ $0.selection.excluded = excluded }) { bench in
            let id = "\(try await bench.deploy("web").id)"
            let tasks = JobTasks(context: bench.context)
            let isShown = try await tasks.task(id, for: ToolBench.anna) != nil
            #expect(isShown == !excluded.contains(ToolName.get))
            let listed = try await tasks.tasks(after: nil, for: ToolBench.anna).items
            #expect(listed.isEmpty == !excluded.isEmpty)
            if !isShown {
                var changes = tasks.changes(of: id, for: ToolBench.anna).makeAsyncIterator()
                #expect(await changes.next() == nil)
            }
        }
    }

    @Test(arguments: [ToolName.get, ToolName.logs, ToolName.list, ToolName.budget])
    func anExcludedToolClosesItsResource(_ excluded: String) async throws {
        try await ToolBench.offline({ $0.selection.excluded = [excluded] }) { bench in
            let job = try await bench.deploy("web")
            let resources = JobResources(context: bench.context)
            let anna = ToolBench.anna
            let uris = [
                ToolName.get: "komodo://jobs/\(job.id)",
                ToolName.logs: "komodo://jobs/\(job.id)/log",
                ToolName.list: "komodo://queue", ToolName.budget: "komodo://budget",
            ]
            let listed = try await resources.resources(after: nil, for: anna).items.map(\.uri)
            for (tool, uri) in uris {
                let isOpen = tool != excluded
                let reading = try await resources.read(uri, for: .local(anna))
                #expect((reading != nil) == isOpen, "\(uri)")
                let updates = try await resources.updates(of: uri, for: anna)
                #expect((updates != nil) == isOpen, "\(uri)")
                #expect(isOpen || !listed.contains(uri))
            }
            let templates = try await resources.templates(for: anna).items.count
            #expect(templates == ([ToolName.get, ToolName.logs].contains(excluded) ? 1 : 2))
        }
    }

    @Test func tasksStayWhereTheToolsForJobsWereNotChosen() async throws {
        try await ToolBench.offline({ $0.selection = ToolSelection(toolsets: [.execute]) }) {
            bench in
            let id = "\(try await bench.deploy("web").id)"
            let tasks = JobTasks(context: bench.context)
            #expect(try await tasks.task(id, for: ToolBench.anna) != nil)
            let view = try await tasks.cancel(id, for: ToolBench.anna, hidesOutcome: false)
            #expect(view != nil)
        }
    }

    @Test(arguments: [
        ("toolset:jobs", false), ("toolset:read", true), ("tool:komodo_execute_StopServer", true),
        ("tool:komodo_execute_Deploy", false), ("toolset:execute", true),
    ])
    func komodoIsAskedForNamesOnlyForWhoHasAToolForThem(
        _ word: String, _ isTold: Bool
    ) async throws {
        try await ToolBench.live(works: false, { $0.caller = Caller.token }) { bench in
            let query = CompletionQuery(
                reference: .prompt("safe_stop_server"), argument: "server", value: "prod")
            let completion = try await NameCompletion(context: bench.context)
                .complete(query, for: Principal(name: "t", scopes: ["destroy", word]))
            #expect(completion?.values.contains("prod-1") == isTold)
        }
    }

    @Test func aRefusalNamesWhatIsInTheWay() {
        let anna = ToolBench.anna
        func text(_ scope: Scope, _ caller: Caller, _ server: ToolSelection = .all) -> String {
            Forbidden.failure(scope, to: caller.limited(by: server), at: server).message
        }
        let reading = ToolSelection(isReadOnly: true)
        #expect(text(.operate, .local(anna), reading).contains("started with --read-only"))
        let mild = ToolSelection(isWithoutDestruction: true)
        #expect(text(.destroy, .local(anna), mild).contains("started with --no-destroy"))
        let reader = Caller.token(Principal(name: "t", scopes: ["read"]))
        #expect(text(.operate, reader, reading).contains("lacks the scope 'operate'"))
        let limited = Caller.token(Principal(name: "t", scopes: ["admin", "read-only"]))
        #expect(text(.operate, limited).contains("limited to 'read-only'"))
    }

    @Test(arguments: [
        (ToolSelection(isReadOnly: true), "started with --read-only."),
        (ToolSelection(isWithoutDestruction: true), "started with --no-destroy."),
        (ToolSelection(toolsets: [.jobs]), "started with --toolsets that leave out execute."),
        (ToolSelection(tools: [ToolName.get]), "started with --tools that leave it out."),
        (
            ToolSelection(excluded: [ToolName.stopServer]),
            "started with --exclude-tools \(ToolName.stopServer)."
        ),
    ])
    func aHiddenToolIsToldAsHidden(_ selection: ToolSelection, _ reason: String) async throws {
        try await ToolBench.offline({ $0.selection = selection }) { bench in
            let provider = KomodoToolProvider(context: bench.context)
            let error = await #expect(throws: RPCError.self) {
                try await provider.tool(ToolName.stopServer, for: ToolBench.anna)
            }
            #expect(error?.message.hasSuffix(reason) == true, "\(error?.message ?? "")")
            let nothing = try await provider.tool("komodo_execute_Nothing", for: ToolBench.anna)
            #expect(nothing == nil)
        }
    }

    @Test func aHiddenToolOfAGroupOrATokenIsToldAsHidden() async throws {
        let stack = ToolName.execute(.deployStack)
        let entry = try #require(KomodoToolProvider.entry(stack))
        try await ToolBench.offline({ $0.selection = ToolSelection() }) { bench in
            let free = Caller.local(ToolBench.anna)
            #expect(bench.context.hiding(entry, from: free)?.contains("--toolsets stacks") == true)
            let token = Caller.token(Principal(name: "t", scopes: ["admin", "toolset:jobs"]))
            #expect(bench.context.hiding(entry, from: token)?.contains("to this token") == true)
        }
    }
}
