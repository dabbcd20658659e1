import JSON
import MCP
import Testing

@testable import KomodoTools

/// Every documented call is one that the tools take.
@Suite(.timeLimit(.minutes(5)))
struct RequestExampleTests {
    @Test func everyDocumentedToolHasItsExamples() {
        #expect(Example.reference.count == 25)
        #expect(Set(Example.reference.map(\.tool)).count == 25)
        #expect(Set(Example.module.map(\.tool)).count == 9)
        #expect(Example.guide.count == 7)
        for example in Example.reference + Example.module + Example.guide {
            #expect(KomodoToolProvider.entry(example.tool) != nil, "\(example.tool)")
            #expect(!example.response.isEmpty, "\(example.tool)")
        }
    }

    @Test(arguments: Example.reference + Example.module)
    func everyDocumentedRequestFitsTheSchemaOfItsTool(_ example: Example) throws {
        let request = try #require(example.request)
        let tool = try CatalogueTests.tool(example.tool)
        let problems = try JSONSchema(tool.inputSchema).problems(in: .object(request))
        #expect(problems.isEmpty, "\(problems.map(\.message))")
    }
}
