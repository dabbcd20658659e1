import JSON
import Testing

@testable import KomodoTools

/// A call as the documentation of the product shows it, and what Komodo answers.
struct Example: Sendable, CustomTestStringConvertible {
    let tool: String
    /// Nil where the documentation has only the answer.
    let request: JSONObject?
    let response: JSONObject
    /// Every word that is documented for the status of an execution.
    let statuses: [String]

    var testDescription: String { tool }

    /// Of the reference of all tools.
    static let reference = read("reference")
    /// Of the execute module, whose answers have a shape of their own.
    static let module = read("module")
    /// Of the guide, whose answers have fewer fields.
    static let guide = read("guide")

    var isExecution: Bool { tool.hasPrefix("komodo_execute_") }

    private static func read(_ name: String) -> [Example] {
        let path = TestFile.path("Examples/\(name).json")
        do {
            let list = try JSONValue(parsing: TestFile.text(path) ?? "")
            return (list.array ?? []).map { example in
                Example(
                    tool: example["tool"]?.string ?? "", request: example["request"]?.object,
                    response: example["response"]?.object ?? [:],
                    statuses: example["statuses"]?.array?.compactMap(\.string) ?? [])
            }
        } catch {
            Issue.record("\(path) cannot be read: \(error)")
            return []
        }
    }
}

extension Example {
    /// The words of resources in the paths of the signed interface.
    static let nouns = [
        "Server", "Deployment", "Stack", "Build", "Repo", "Procedure", "Action", "Alert",
    ]

    /// The noun of a tool that reads, and whether it lists.
    static func reading(_ tool: String) -> (noun: String, isList: Bool)? {
        for noun in nouns {
            if tool == "komodo_read_List\(noun)s" { return (noun.lowercased(), true) }
            if tool == "komodo_read_Get\(noun)" { return (noun.lowercased(), false) }
        }
        return nil
    }

    /// Where an execution is posted to, with `{id}` for its target.
    static let executions = [
        "Deploy": "/execute/deploy/{id}", "Build": "/execute/build/{id}",
        "StartServer": "/execute/server/{id}/start", "StopServer": "/execute/server/{id}/stop",
        "RestartServer": "/execute/server/{id}/restart",
        "RunProcedure": "/execute/procedure/{id}", "TriggerAction": "/execute/action/{id}",
        "PullRepo": "/execute/repo/{id}/pull", "CloneRepo": "/execute/repo/{id}/clone",
    ]
}
