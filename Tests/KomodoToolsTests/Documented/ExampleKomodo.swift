import JSON
import KomodoClient
import ScriptedHTTP
import Testing

@testable import KomodoTools

/// A Komodo with the signed interface that answers with the documented examples.
struct ExampleKomodo: Sendable {
    /// How it writes its answers.
    struct Style: Sendable, CustomTestStringConvertible {
        let isEnveloped: Bool
        let spelling: Spelling

        var testDescription: String { "\(isEnveloped ? "enveloped" : "bare"), \(spelling)" }

        static let all = [false, true].flatMap { isEnveloped in
            Spelling.allCases.map { Style(isEnveloped: isEnveloped, spelling: $0) }
        }
    }

    enum Spelling: Sendable, CaseIterable { case documented, camelCase, snakeCase }

    let style: Style
    /// The documents of reads; resources that are named differently are copies of them.
    var reads = Example.reference.filter { !$0.isExecution }
    /// Ids of repositories that lists have besides the documented ones.
    var repositories: [String] = []
    /// What is answered to an execution, and the ids that lists have besides the documented ones.
    var execution: Example?
    var targets: [String: JSONObject] = [:]

    /// The script of a server that plays it.
    var script: ScriptedServer.Script {
        let komodo = self
        return ScriptedServer.Script(onRequest: { request in
            let path = String(request.path.prefix { $0 != "?" })
            guard let content = komodo.content(request.method, path) else {
                let error: JSONValue = [
                    "error": "No such thing", "code": "NOT_FOUND", "status": 404,
                ]
                return [.send(ScriptedServer.text(404, error.serialized()))]
            }
            return [.send(ScriptedServer.text(200, komodo.written(content).serialized()))]
        })
    }

    private func written(_ content: JSONObject) -> JSONValue {
        let spelled = Self.spelled(.object(content), style.spelling)
        guard style.isEnveloped else { return spelled }
        return ["data": spelled, "status": 200, "timestamp": "2026-01-26T15:30:00Z"]
    }

    private func content(_ method: String, _ path: String) -> JSONObject? {
        if method == "POST" { return posted(path) }
        for example in reads {
            guard let (noun, isList) = Example.reading(example.tool) else { continue }
            if isList, path == "/read/\(noun)s" { return listed(example.response, noun) }
            let beginning = "/read/\(noun)/"
            guard !isList, path.hasPrefix(beginning) else { continue }
            let id = String(path.dropFirst(beginning.count))
            if example.response["id"]?.string == id { return example.response }
            if targets[id] != nil { return named(example.response, id) }
        }
        return nil
    }

    private func listed(_ response: JSONObject, _ noun: String) -> JSONObject {
        let ids = targets.keys.sorted() + (noun == "repo" ? repositories : [])
        guard !ids.isEmpty, let item = response["items"]?.array?.first?.object else {
            return response
        }
        var page = response
        let copies = ids.map { JSONValue.object(named(item, $0)) }
        page["items"] = .array((response["items"]?.array ?? []) + copies)
        page["total"] = .int(copies.count + (response["items"]?.array?.count ?? 0))
        return page
    }

    private func named(_ document: JSONObject, _ id: String) -> JSONObject {
        var copy = document
        copy["id"] = .string(id)
        copy["name"] = .string(id)
        return copy
    }

    private func posted(_ path: String) -> JSONObject? {
        guard let execution,
            let form = Example.executions[String(execution.tool.dropFirst("komodo_execute_".count))]
        else { return nil }
        let parts = form.split(separator: "{id}", omittingEmptySubsequences: false).map(String.init)
        let ids = ([execution.request?["id"]?.string].compactMap { $0 } + targets.keys)
        guard let id = ids.first(where: { path == parts.joined(separator: $0) }) else { return nil }
        return targets[id] ?? execution.response
    }

    /// The document with its fields in one spelling; names of somebody's own stay.
    static func spelled(_ value: JSONValue, _ spelling: Spelling) -> JSONValue {
        switch value {
        case .object(let object):
            var copy = JSONObject()
            for member in object.members {
                let isForeign = DocumentedField.foreign.contains(member.key)
                copy[spelled(member.key, spelling)] =
                    isForeign ? member.value : spelled(member.value, spelling)
            }
            return .object(copy)
        case .array(let items): return .array(items.map { spelled($0, spelling) })
        case .null, .bool, .number, .string: return value
        }
    }

    private static func spelled(_ name: String, _ spelling: Spelling) -> String {
        switch spelling {
        case .documented: return name
        case .camelCase:
            let words = name.split(separator: "_").map(String.init)
            return words.dropFirst().reduce(words.first ?? "") {
                $0 + $1.prefix(1).uppercased() + $1.dropFirst()
            }
        case .snakeCase:
            return name.reduce(into: "") { text, letter in
                text += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
            }
        }
    }
}

extension ToolBench {
    /// Runs `body` with a bench whose Komodo answers with the documented examples.
    static func documented(
        _ komodo: ExampleKomodo, works: Bool = false,
        _ body: @escaping @Sendable (ToolBench, ScriptedServer) async throws -> Void
    ) async throws {
        let server = try await ScriptedServer.start(komodo.script)
        try await calling(Self.connection(server.url), .signed, works: works) { bench in
            try await body(bench, server)
        }
        try await server.stop()
    }
}
