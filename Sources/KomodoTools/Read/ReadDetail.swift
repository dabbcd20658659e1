internal import JSON
internal import Jobs
internal import KomodoClient

/// Tools that show one resource in full.
enum ReadDetail {
    /// The tool that shows a resource of a type.
    ///
    /// - Parameters:
    ///   - item: the members that the list shows too, of which lists of tools name the first only.
    ///   - output: the members beside them.
    ///   - runs: the members that tell about runs, which our own jobs may have started.
    static func entry(
        _ name: String, _ title: String, _ description: String, _ type: TargetType,
        example: String, item: [Property], output: [Property], runs: [String] = []
    ) -> ToolEntry {
        ReadTool.entry(
            name, title, description, [ReadArguments.id(type.noun, example: example)],
            output: known(item) + output
        ) { run in
            let id = try run.arguments.requiredString("id")
            let document = try await run.komodo.resource(type, id)
            guard !runs.isEmpty, let target = document["id"]?.string else { return document }
            let own = try await OwnRuns(of: target, for: run.call.caller, in: run.context)
            return own.marked(document, runs)
        }
    }

    /// The members of a list's item as the schema of its detail has them.
    static func known(_ item: [Property]) -> [Property] {
        item.flatMap { property in
            ["id", "name", "title", "state", "status"].contains(property.name)
                ? [property] : [property].extra
        }
    }
}

extension TargetType {
    /// What people call it.
    fileprivate var noun: String {
        switch self {
        case .resourceSync: "resource sync"
        case .server, .stack, .deployment, .build, .repo, .procedure, .action:
            rawValue.lowercased()
        }
    }
}
