import JSON
import MCP
import Testing

@testable import KomodoTools

#if canImport(Glibc)
    import Glibc
#endif

/// The tools as clients see them, kept as files: a change of the contract shows in review.
@Suite(.timeLimit(.minutes(2)))
struct GoldenTests {
    @Test(arguments: CatalogueTests.names)
    func aToolIsAsItWasRecorded(_ name: String) throws {
        let tool = try CatalogueTests.tool(name)
        let now = Self.json(tool).serialized(pretty: true) + "\n"
        let path = Self.path(name)
        if getenv("KOMODO_RECORD_GOLDEN") != nil { try Self.write(now, path) }
        let recorded = try #require(Self.read(path), "no file \(path)")
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

    private static func path(_ name: String) -> String {
        let folder = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false)
            .dropLast(2).joined(separator: "/")
        return "\(folder)/Golden/\(name).json"
    }

    private static func read(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func write(_ text: String, _ path: String) throws {
        let file = try #require(fopen(path, "w"))
        defer { fclose(file) }
        let bytes = Array(text.utf8)
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }
}
