import JSON
import JobStore
import Jobs
import MCP
import Synchronization
import Testing

@testable import KomodoTools

/// What a test's client does when it is asked.
enum Answering: Sendable {
    /// It cannot be asked.
    case unable
    case answers(ElicitationAnswer)
    case fails(AskError)
}

extension ToolBench {
    /// Calls a tool and checks the result against the tool's schema, tightened.
    @discardableResult
    func call(
        _ name: String, _ arguments: JSONObject = [:], as caller: Caller = .local(anna),
        asking: Answering = .unable, taskMode: TaskMode = .unavailable,
        report: @escaping @Sendable (Double, String) -> Void = { _, _ in },
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        let call = toolCall(
            name, arguments, as: caller, asking: asking, taskMode: taskMode, report: report)
        switch try await KomodoToolProvider(context: context).run(name, call) {
        case .result(let result):
            let answer = Answer(result: result, task: nil)
            try answer.expectConformance(name, sourceLocation)
            return answer
        case .task(let view, _): return Answer(result: nil, task: view)
        }
    }

    /// A call as a client of the tests makes it.
    func toolCall(
        _ name: String, _ arguments: JSONObject = [:], as caller: Caller = .local(anna),
        asking: Answering = .unable, taskMode: TaskMode = .unavailable,
        report: @escaping @Sendable (Double, String) -> Void = { _, _ in }
    ) -> ToolCall {
        ToolCall(
            tool: name, arguments: ToolArguments(arguments), caller: caller,
            origin: NewJob.Caller(
                principal: caller.name, clientName: "tests", clientVersion: "1"),
            taskMode: taskMode, report: report,
            canAsk: { _ in if case .unable = asking { false } else { true } },
            ask: { _, _ in
                switch asking {
                case .unable: throw AskError.unanswered
                case .answers(let answer): return .elicitation(answer)
                case .fails(let error): throw error
                }
            })
    }

    /// Every job of the store, newest first.
    func jobs() async throws -> [JobRecord] {
        try await store.jobs(JobQuery(limit: 1_000)).jobs
    }

    /// The only job of the store.
    func onlyJob() async throws -> JobRecord {
        let jobs = try await jobs()
        try #require(jobs.count == 1)
        return jobs[0]
    }

    /// Orders a deploy of a target of this name and returns its job.
    func deploy(_ name: String, as caller: Caller = .local(anna)) async throws -> JobRecord {
        let answer = try await call(
            ToolName.deploy, ["id": .string(name), "new": true], as: caller)
        return try await store.job(try #require(answer.data["job_id"]?.string))
    }
}

/// What a tool answered.
struct Answer: Sendable {
    let result: CallResult?
    let task: TaskView?

    var structured: JSONValue { result?.structured ?? .null }
    var data: JSONValue { structured["data"] ?? .null }
    var details: JSONValue { structured["details"] ?? .null }
    var code: String? { structured["code"]?.string }
    var isError: Bool { result?.isError ?? false }
    var jobID: String? { data["job_id"]?.string ?? details["job_id"]?.string }

    /// The result is what the tool's schema promises, without a field that it does not name.
    func expectConformance(_ name: String, _ location: SourceLocation) throws {
        let entry = try #require(KomodoToolProvider.catalogue.first { $0.name == name })
        let problems =
            try JSONSchema(try #require(entry.tool.outputSchema)).problems(in: structured)
            + JSONSchema(entry.wholeOutputSchema.tightened).problems(in: structured)
        #expect(
            problems.isEmpty,
            "\(name): \(problems.map(\.message).joined(separator: " ")) in \(structured)",
            sourceLocation: location)
        #expect((structured["data"] == nil) == isError, sourceLocation: location)
        #expect(structured["status"]?.int == 200 || isError, sourceLocation: location)
        guard case .text(let text, _)? = result?.content.first else {
            Issue.record("no text", sourceLocation: location)
            return
        }
        #expect(try JSONValue(parsing: Self.unframed(text)) == structured, sourceLocation: location)
        #expect(text.utf8.count < 60_000, sourceLocation: location)
    }
}

extension Answer {
    /// The JSON in a text that may have a frame around it.
    static func unframed(_ text: String) throws -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.first.map(String.init) == UntrustedFrame.notice else { return text }
        try #require(lines.count == 4 && lines[1] == lines[3])
        return String(lines[2])
    }
}

extension ToolEntry {
    /// The output schema with all members and words, where the tool's own names the usual ones.
    fileprivate var wholeOutputSchema: JSONValue {
        let all = JobOperation.allCases
        if let tool = ExecuteRegistry.tools.first(where: { $0.name == name }) {
            return ResultSchema.of(JobSchema.whole([tool.operation]), listsCodes: true)
        }
        if let wholeOutput { return wholeOutput }
        switch name {
        case ToolName.wait, ToolName.cancel, ToolName.retry, ToolName.resolve:
            return ResultSchema.of(JobSchema.whole(all), listsCodes: true)
        case ToolName.list: return ResultSchema.page(of: JobSchema.whole(all))
        default: return tool.outputSchema ?? true
        }
    }
}

extension JSONValue {
    /// A schema in which objects with properties take no others; `details` stays open.
    var tightened: JSONValue {
        switch self {
        case .object(let object):
            var members = object.members.map { ($0.key, $0.value.tightened) }
            let isObject = object["properties"]?.object?.isEmpty == false
            if isObject, object["additionalProperties"] == nil {
                members.append(("additionalProperties", false))
            }
            return .object(JSONObject(members))
        case .array(let items): return .array(items.map(\.tightened))
        case .null, .bool, .number, .string: return self
        }
    }
}

/// Collects values that arrive on any task.
final class Collector<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    var all: [Value] { values.withLock { $0 } }
    func add(_ value: Value) { values.withLock { $0.append(value) } }
}
