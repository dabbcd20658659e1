import JSON
import ScriptedHTTP
import Testing

@testable import KomodoTools

/// Every documented answer to a read, served by a Komodo with the signed interface.
@Suite(.timeLimit(.minutes(5)))
struct ReadExampleTests {
    @Test(arguments: Example.reference.filter { !$0.isExecution }, ExampleKomodo.Style.all)
    func everyFieldOfTheReferenceIsInTheAnswer(
        _ example: Example, _ style: ExampleKomodo.Style
    ) async throws {
        var komodo = ExampleKomodo(style: style)
        // The reference filters builds by a repository that it does not list.
        if example.tool == ToolName.listBuilds, let id = example.request?["repo_id"]?.string {
            komodo.repositories = [id]
        }
        try await ToolBench.documented(komodo) { bench, _ in
            let answer = try await bench.call(example.tool, example.request ?? [:])
            try Self.expect(answer, has: example)
        }
    }

    @Test(arguments: Example.guide.filter { !$0.isExecution }, ExampleKomodo.Style.all)
    func everyFieldOfTheGuideIsInTheAnswer(
        _ example: Example, _ style: ExampleKomodo.Style
    ) async throws {
        var komodo = ExampleKomodo(style: style)
        // Its servers and deployments are others than those of the reference.
        komodo.reads = Example.guide.filter { !$0.isExecution }
        try await ToolBench.documented(komodo) { bench, _ in
            var request: JSONObject = [:]
            request["id"] = example.response["id"]
            let answer = try await bench.call(example.tool, request)
            try Self.expect(answer, has: example)
        }
    }

    private static func expect(_ answer: Answer, has example: Example) throws {
        try #require(!answer.isError, "\(answer.structured)")
        #expect(answer.data["notes"] == nil, "\(answer.data["notes"] ?? .null)")
        let missing = DocumentedField.all(in: .object(example.response))
            .subtracting(DocumentedField.all(in: answer.data))
        #expect(missing.isEmpty, "\(missing.sorted())")
        let differing = example.response.members.filter { answer.data[$0.key] != $0.value }
        #expect(differing.isEmpty, "\(differing.map { ($0.key, answer.data[$0.key]) })")
    }
}
