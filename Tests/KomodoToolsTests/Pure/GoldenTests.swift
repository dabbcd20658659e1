import JSON
import MCP
import Testing

@testable import KomodoTools

#if canImport(Glibc)
    import Glibc
#endif

/// The tools as clients see them, kept as files: a change of the contract shows in review.
@Suite(.timeLimit(.minutes(5)))
struct GoldenTests {
    @Test(arguments: CatalogueTests.names)
    func aToolIsAsItWasRecorded(_ name: String) throws {
        let tool = try CatalogueTests.tool(name)
        let now = Self.json(tool).serialized(pretty: true) + "\n"
        let path = Self.path(name)
        if getenv("KOMODO_RECORD_GOLDEN") != nil { try Self.write(now, path) }
        let recorded = try #require(TestFile.text(path), "no file \(path)")
        #expect(
            recorded == now,
            "\(name) differs; run the tests with KOMODO_RECORD_GOLDEN=1 and look at the changes")
    }

    private static func json(_ tool: Tool) -> JSONValue {
        [
            "name": .string(tool.name), "title": .string(tool.title ?? ""),
            "description": .string(tool.description ?? ""), "inputSchema": tool.inputSchema,
            "outputSchema": tool.outputSchema ?? .null,
            "annotations": [
                "readOnlyHint": .bool(tool.annotations?.readOnly ?? false),
                "destructiveHint": .bool(tool.annotations?.destructive ?? false),
                "idempotentHint": .bool(tool.annotations?.idempotent ?? false),
                "openWorldHint": .bool(tool.annotations?.openWorld ?? false),
            ],
            "taskSupport": .string(tool.taskSupport.rawValue),
        ]
    }

    private static func path(_ name: String) -> String { TestFile.path("Golden/\(name).json") }

    private static func write(_ text: String, _ path: String) throws {
        let file = try #require(fopen(path, "w"))
        defer { fclose(file) }
        let bytes = Array(text.utf8)
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }
}
