import JSON
import KomodoClient
import MCP
import Testing

@testable import KomodoTools

/// Marked secrets in every place of Komodo's answers: no tool lets them out.
@Suite(.timeLimit(.minutes(5)))
struct CanaryTests {
    private static let token = "ghp_canaryCanaryCanaryCanary0123456789"
    private static let url = "https://user:canaryPassword1@git.example/a.git"

    /// `value` with a secret in every text, and one behind every name that means a secret.
    private static func poisoned(_ value: JSONValue, _ name: String = "") -> JSONValue {
        switch value {
        case .string(let text):
            let isWord = ["status", "severity", "provider", "trigger", "type"].contains(name)
            let isID = name.hasSuffix("id") || name.hasSuffix("At") || name.hasSuffix("_at")
            guard !isWord, !isID else { return value }
            return .string("\(text) \(token) \(url) api_key=canaryValue1")
        case .array(let items): return .array(items.map { poisoned($0, name) })
        case .object(let object):
            var result = JSONObject(
                object.members.map { ($0.key, poisoned($0.value, $0.key)) })
            if ["env", "environment", "labels", "variables", "build_args", "arguments"]
                .contains(name)
            {
                result["DB_PASSWORD"] = "canaryValue2"
                result["SESSION"] = "c4n4ryXkQ2mVb7RtZ5pLw8YsD3fGh6Jq"
            }
            return .object(result)
        case .null, .bool, .number: return value
        }
    }

    @Test(arguments: ReadToolTests.lists + ReadToolTests.details)
    func noToolLetsASecretOut(_ sample: ReadToolTests.Case) async throws {
        let document = Self.poisoned(.object(sample.document)).object ?? [:]
        let komodo = FakeReads(items: [document, document], document: document)
        try await ToolBench.reading(komodo) { bench in
            let answer = try await bench.call(sample.name, sample.arguments)
            #expect(!answer.isError)
            try Self.expectClean(answer)
        }
    }

    @Test func noLogLetsASecretOut() async throws {
        let text = "a \(Self.token)\n\(Self.url)\nDB_PASSWORD=canaryValue1\n"
        let komodo = FakeReads(log: ContainerLog(stdout: text, stderr: text, isComplete: false))
        try await ToolBench.reading(komodo) { bench in
            let answer = try await bench.call(ToolName.getLog, ["stack": "a"])
            try Self.expectClean(answer)
        }
    }

    @Test func noErrorLetsASecretOut() async throws {
        let error = KomodoError(.serverFault, "Refused \(Self.token) at \(Self.url).")
        try await ToolBench.reading(FakeReads(error: error)) { bench in
            try Self.expectClean(try await bench.call(ToolName.getServer, ["id": "a"]))
        }
    }

    private static func expectClean(_ answer: Answer) throws {
        let result = try #require(answer.result)
        let all = "\(answer.structured) \(result.content)"
        for canary in ["canaryCanary", "canaryPassword", "canaryValue", "c4n4ry"] {
            #expect(!all.contains(canary), "\(canary) in \(all)")
        }
    }
}
