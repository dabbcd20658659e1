import JSON
import Jobs
import MCP
import Testing

@testable import KomodoTools

/// What every tool owes to whoever chooses among them.
@Suite(.timeLimit(.minutes(5)))
struct CatalogueTests {
    static let entries = KomodoToolProvider.catalogue
    static let names = entries.map(\.name)

    /// Tools that ask Komodo and change nothing.
    static let reads = ReadRegistry.entries.map(\.name)

    @Test func theDocumentedToolsAreThere() {
        let kinds = [
            "Server", "Deployment", "Stack", "Build", "Repo", "Procedure", "Action", "Alert",
        ]
        let documented =
            kinds.flatMap { ["komodo_read_List\($0)s", "komodo_read_Get\($0)"] }
            + [
                "Deploy", "Build", "StartServer", "StopServer", "RestartServer", "RunProcedure",
                "TriggerAction", "PullRepo", "CloneRepo",
            ].map { "komodo_execute_\($0)" }
        #expect(documented.count == 25)
        for name in documented { #expect(Self.names.contains(name), "\(name)") }
    }

    @Test func theToolsBesideThemAreThere() {
        let extra = ["GetLog", "ListUpdates", "GetUpdate", "ListContainers", "GetSystemStats"]
        for name in extra { #expect(Self.reads.contains("komodo_read_\(name)")) }
        #expect(
            JobTools.entries.map(\.name) == [
                "komodo_jobs_List", "komodo_jobs_Get", "komodo_jobs_Wait", "komodo_jobs_Logs",
                "komodo_jobs_Search", "komodo_jobs_Cancel", "komodo_jobs_Retry",
                "komodo_jobs_Resolve",
                "komodo_jobs_Budget", "komodo_jobs_Stats",
            ])
        #expect(Self.names.count == Set(Self.names).count)
    }

    @Test(arguments: names)
    func aToolHasATitleAnnotationsAndSchemas(_ name: String) throws {
        let tool = try Self.tool(name)
        #expect(tool.title?.isEmpty == false)
        #expect(tool.title != name)
        let hints = try #require(tool.annotations)
        #expect(hints.readOnly != nil && hints.destructive != nil)
        #expect(hints.idempotent != nil && hints.openWorld != nil)
        #expect(tool.inputSchema["type"] == "object")
        #expect(tool.inputSchema["additionalProperties"] == false)
        #expect(try #require(tool.outputSchema)["type"] == "object")
        for schema in [tool.inputSchema, try #require(tool.outputSchema)] {
            for word in ["oneOf", "anyOf", "allOf"] { #expect(schema[word] == nil) }
            _ = try JSONSchema(schema)
        }
        #expect(name.utf8.count <= 64)
    }

    @Test(arguments: names)
    func hintsAreTrue(_ name: String) throws {
        let hints = try #require(try Self.tool(name).annotations)
        let isLocal = ["List", "Get", "Wait", "Logs", "Search", "Budget", "Stats"].contains {
            name == "komodo_jobs_\($0)"
        }
        let reads = isLocal || Self.reads.contains(name)
        #expect(hints.readOnly == reads)
        #expect(hints.openWorld == !isLocal)
        if reads { #expect(hints.destructive == false && hints.idempotent == true) }
        let harmless =
            [ToolName.build, ToolName.startServer]
            + [
                .startStack, .startDeployment, .startContainer, .pullStack, .pullDeployment,
                .buildRepo,
            ].map(ToolName.execute)
        if !reads { #expect(hints.destructive == !harmless.contains(name)) }
    }

    @Test(arguments: names)
    func aDescriptionIsShortNamesASiblingAndSaysWhatIsAtStake(_ name: String) throws {
        let text = try #require(try Self.tool(name).description)
        #expect(text.count <= 900, "\(text.count)")
        #expect(!text.contains("\n"))
        #expect(Self.names.contains { $0 != name && text.contains($0) })
        #expect(text.contains("Use it"))
        let mentioned = text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
            .filter { $0.hasPrefix("komodo_") }.map(String.init)
        for word in mentioned { #expect(Self.names.contains(word), "\(word)") }
        guard name.contains("execute") else { return }
        #expect(text.contains("durable"))
        #expect(text.contains("komodo_jobs_Wait"))
        let stakes = ["lost", "interrupted", "deleted", "discarded", "down", "touched", "delete"]
        #expect(stakes.contains { text.contains($0) })
    }

    @Test func onlyDestructiveOperationsAreConfirmed() throws {
        for tool in ExecuteRegistry.tools {
            let entry = tool.entry
            let isConfirmed = ["Stop", "Restart", "Destroy", "CloneRepo"].contains {
                tool.name.hasPrefix("komodo_execute_\($0)")
            }
            #expect(tool.needsConfirmation == isConfirmed)
            #expect(entry.scope == (isConfirmed ? .destroy : .operate))
            #expect(
                (entry.tool.inputSchema["properties"]?["confirmation_token"] != nil) == isConfirmed)
            #expect(entry.tool.taskSupport == .optional)
        }
    }

    @Test(arguments: names)
    func everyPropertyIsDescribed(_ name: String) throws {
        let tool = try Self.tool(name)
        expectDescribed(tool.inputSchema, name)
        expectTerse(try #require(tool.outputSchema), name)
    }

    /// Every list of tools carries the output schemas: they say what there is and no more.
    private func expectTerse(_ schema: JSONValue, _ place: String) {
        for member in schema["properties"]?.object?.members ?? [] {
            let place = "\(place).\(member.key)"
            #expect(member.value["type"] != nil, "\(place)")
            #expect(member.value["examples"] == nil, "\(place)")
            if let text = member.value["description"]?.string {
                #expect(text.count <= 60 && text.hasSuffix("."), "\(place): \(text)")
            }
            expectTerse(member.value, place)
            if let items = member.value["items"] { expectTerse(items, place + "[]") }
        }
    }

    private func expectDescribed(_ schema: JSONValue, _ place: String) {
        let required = schema["required"]?.array?.compactMap(\.string) ?? []
        for member in schema["properties"]?.object?.members ?? [] {
            let place = "\(place).\(member.key)"
            let property = member.value
            let text = property["description"]?.string ?? ""
            #expect(text.count >= 8 && text.hasSuffix("."), "\(place): \(text)")
            #expect(property["type"] != nil, "\(place)")
            let hasDefault = property["default"] != nil || text.contains("Default")
            let isOptionsObject = member.key == "options"
            #expect(hasDefault || required.contains(member.key) || isOptionsObject, "\(place)")
            #expect(property["examples"]?.array?.isEmpty == false, "\(place)")
            if property["type"] == "integer" {
                #expect(property["minimum"] != nil && property["maximum"] != nil, "\(place)")
            }
            if property["type"] == "string", property["enum"] == nil {
                #expect(property["maxLength"] != nil, "\(place)")
            }
            expectDescribed(property, place)
            if let items = property["items"] { expectDescribed(items, place + "[]") }
        }
    }

    @Test(arguments: names)
    func examplesAndDefaultsFitTheirSchemas(_ name: String) throws {
        try expectFitting(try Self.tool(name).inputSchema, name)
    }

    private func expectFitting(_ schema: JSONValue, _ place: String) throws {
        for member in schema["properties"]?.object?.members ?? [] {
            let compiled = try JSONSchema(member.value)
            let values =
                (member.value["examples"]?.array ?? [])
                + [member.value["default"]].compactMap { $0 }
            for value in values where !(value.string?.hasSuffix("…") ?? false) {
                #expect(compiled.accepts(value), "\(place).\(member.key): \(value)")
            }
            try expectFitting(member.value, "\(place).\(member.key)")
        }
    }

    static func tool(_ name: String) throws -> Tool {
        try #require(entries.first { $0.name == name }).tool
    }
}
