internal import JSON
internal import MCP

/// Results that keep their promise whatever Komodo answers: a member that does not fit the tool's
/// output schema is left out, and a note says so.
enum FittedResult {
    /// How often what does not fit is looked for.
    private static let roundsMax = 10
    private static let problemsMax = 100
    private static let namesMax = 10

    /// `result` without what does not fit `schema`.
    ///
    /// - Throws: ``ToolFailure`` `INTERNAL_ERROR` when something is missing that must be there.
    static func of(_ result: CallResult, _ schema: JSONValue) throws -> CallResult {
        guard let value = result.structured else { return result }
        let compiled = try JSONSchema(schema)
        var fitted = value
        var omitted: [String] = []
        for _ in 0..<roundsMax {
            let problems = compiled.problems(in: fitted, limit: problemsMax)
            guard !problems.isEmpty else { break }
            for problem in problems.sorted(by: { $0.path > $1.path }) {
                guard problem.missing == nil, problem.path.hasPrefix("/data/") else {
                    throw ToolFailure(
                        .internalError,
                        "Komodo's answer cannot be read: \(BoundedText.line(problem.message)) "
                            + "Nothing was changed.")
                }
                let steps = problem.path.split(separator: "/").map(String.init)
                fitted = fitted.without(steps[...])
                omitted.append(steps.dropFirst().joined(separator: "."))
            }
        }
        guard !omitted.isEmpty else { return result }
        var copy = result
        copy.structured = noted(fitted, omitted)
        return copy
    }

    private static func noted(_ value: JSONValue, _ omitted: [String]) -> JSONValue {
        guard var object = value.object, var data = object["data"]?.object else { return value }
        let names = Set(omitted).sorted().prefix(namesMax).joined(separator: ", ")
        let note = "Left out, for Komodo gave it in another form: \(names)."
        data["notes"] = .array((data["notes"]?.array ?? []) + [.string(BoundedText.line(note))])
        object["data"] = .object(data)
        return .object(object)
    }
}

extension JSONValue {
    /// The value without what stands at `path`, in names as JSON pointers escape them.
    fileprivate func without(_ path: ArraySlice<String>) -> JSONValue {
        guard let step = path.first else { return self }
        let rest = path.dropFirst()
        switch self {
        case .object(var object):
            let name = step.split(separator: "~1", omittingEmptySubsequences: false)
                .joined(separator: "/").split(separator: "~0", omittingEmptySubsequences: false)
                .joined(separator: "~")
            object[name] = rest.isEmpty ? nil : object[name]?.without(rest)
            return .object(object)
        case .array(var items):
            guard let index = Int(step), items.indices.contains(index) else { return self }
            if rest.isEmpty {
                items.remove(at: index)
            } else {
                items[index] = items[index].without(rest)
            }
            return .array(items)
        case .null, .bool, .number, .string: return self
        }
    }
}
