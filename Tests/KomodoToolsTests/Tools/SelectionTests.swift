import JSON
import JobStore
import Jobs
import MCP
import Testing

@testable import KomodoTools

/// Which tools a server offers, and which of them the holder of a token gets.
@Suite(.timeLimit(.minutes(5)))
struct SelectionTests {
    private static func names(_ selections: ToolSelection...) -> [String] {
        KomodoToolProvider.catalogue.filter { ToolSelection.offer($0, selections) }.map(\.name)
    }

    private static func token(_ words: String...) -> Caller {
        .token(Principal(name: "t", scopes: Set(words)))
    }

    @Test func withoutAChoiceTheDocumentedToolsAreOffered() {
        let standard = Self.names(ToolSelection())
        #expect(standard == Self.names(ToolSelection(toolsets: [.read, .execute, .jobs])))
        #expect(standard.filter { $0.contains("_read_") }.count == 16)
        #expect(standard.filter { $0.contains("_execute_") }.count == 9)
        #expect(!standard.contains(ToolName.getLog))
        #expect(!standard.contains(ToolName.execute(.deployStack)))
        #expect(Self.names(.all) == CatalogueTests.names)
        #expect(Self.names(ToolSelection(toolsets: [.stacks])).count == 7)
        let sets = ToolSelection.Toolset.allCases.flatMap { set in
            Self.names(ToolSelection(toolsets: [set]))
        }
        #expect(sets.sorted() == CatalogueTests.names.sorted())
    }

    @Test func aToolIsChosenByItsNameFromAnyGroup() {
        let name = ToolName.execute(.deployStack)
        #expect(Self.names(ToolSelection(tools: [name])) == [name])
        #expect(Self.names(ToolSelection(toolsets: [.jobs], tools: [name])).isEmpty)
    }

    @Test func denialsWin() {
        var selection = ToolSelection.all
        selection.isWithoutDestruction = true
        let mild = Self.names(selection)
        for tool in ExecuteRegistry.tools {
            #expect(mild.contains(tool.name) == !tool.needsConfirmation, "\(tool.name)")
        }
        let reading = Self.names(ToolSelection(isReadOnly: true, toolsets: [.execute, .jobs]))
        #expect(!reading.contains { $0.contains("_execute_") } && reading.contains(ToolName.get))
        let denied = ToolSelection(tools: [ToolName.get], excluded: [ToolName.get])
        #expect(Self.names(denied).isEmpty)
    }

    @Test func aTokenChoosesWhereTheServerDoesNot() {
        let stacks = ToolSelection(toolsets: [.stacks])
        #expect(Self.names(ToolSelection(), stacks).count == 7)
        #expect(Self.names(ToolSelection(toolsets: [.jobs]), stacks).isEmpty)
        #expect(Self.names(.all, stacks).count == 7)
        #expect(Self.names(.all, ToolSelection(tools: [ToolName.get])) == [ToolName.get])
        #expect(
            !Self.names(ToolSelection(isReadOnly: true), stacks).contains {
                $0.contains("_execute_")
            })
    }

    @Test func rightsAreReadBackFromTheirWords() {
        let all = [
            TokenRights(.read), TokenRights(.admin, ToolSelection(isReadOnly: true)),
            TokenRights(
                .destroy,
                ToolSelection(
                    isWithoutDestruction: true, toolsets: [.stacks, .jobs],
                    tools: [ToolName.get, ToolName.list], excluded: [ToolName.cancel])),
        ]
        for rights in all { #expect(TokenRights(words: rights.words) == rights) }
        #expect(
            all[2].words == [
                "destroy", "no-destroy", "toolset:jobs", "toolset:stacks",
                "tool:komodo_jobs_Get", "tool:komodo_jobs_List", "without:komodo_jobs_Cancel",
            ])
    }

    @Test(arguments: ["everything", "toolset:cats", "tool:", "without:", "Read-Only", ""])
    func aWordThatMeansNothingAllowsNothing(_ word: String) {
        #expect(TokenRights(words: ["admin", word]) == nil)
        #expect(!Self.token("admin", word).may(.read))
    }

    @Test func limitsTakeRightsAwayFromScopes() {
        let mild = Self.token("admin", "no-destroy")
        #expect(mild.may(.operate) && !mild.may(.destroy) && mild.seesAll)
        let reader = Self.token("admin", "read-only")
        #expect(reader.may(.read) && !reader.may(.operate) && reader.seesAll)
        let local = Caller.local(ToolBench.anna)
        #expect(local.may(.destroy))
        #expect(!local.limited(by: ToolSelection(isReadOnly: true)).may(.operate))
        #expect(!local.limited(by: ToolSelection(isWithoutDestruction: true)).may(.destroy))
    }

    @Test func whatIsNotOfferedIsUnknown() async throws {
        try await ToolBench.offline { bench in
            let caller = Self.token("destroy", "toolset:jobs", "without:\(ToolName.cancel)")
            for name in [ToolName.deploy, ToolName.cancel] {
                #expect(await Self.isUnknown(name, to: caller, bench), "\(name)")
            }
            let list = try await bench.call(ToolName.list, as: caller)
            #expect(!list.isError)
            #expect(try await bench.jobs().isEmpty)
        }
    }

    private static func isUnknown(
        _ name: String, to caller: Caller, _ bench: ToolBench
    ) async -> Bool {
        do {
            _ = try await bench.call(name, ["id": "web"], as: caller)
            return false
        } catch {
            return error is RPCError
        }
    }

    @Test(arguments: [["no-destroy"], ["without:komodo_execute_StopServer"]])
    func aRepetitionIsNoWayAround(_ limits: [String]) async throws {
        try await ToolBench.offline { bench in
            _ = try await bench.call(
                ToolName.stopServer, ["id": "prod-1"], as: Self.token("destroy"),
                asking: .answers(.accepted(["confirm": true, "target": "prod-1"])))
            let job = try await bench.onlyJob()
            _ = try await bench.store.cancel(job.row)
            let limited = Caller.token(Principal(name: "t", scopes: Set(["destroy"] + limits)))
            let answer = try await bench.call(
                ToolName.retry, ["job_id": .string("\(job.id)")], as: limited,
                asking: .answers(.accepted(["confirm": true, "target": "prod-1"])))
            #expect(answer.code == "FORBIDDEN", "\(answer.structured)")
            #expect(try await bench.jobs().count == 1)
        }
    }
}
