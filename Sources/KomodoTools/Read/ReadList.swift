internal import JSON
internal import Jobs
internal import KomodoClient

/// Lists in the documented shape: `{items, total, page, pageSize, totalPages}`.
enum ReadList {
    /// A condition on a list: its argument, and what it means to Komodo.
    struct Filter: Sendable {
        let property: Property
        let read: @Sendable (ToolArguments) throws(ToolFailure) -> ResourceQuery.Filter?

        /// One of several words.
        static func words(
            _ name: String, _ description: String, _ words: [String],
            _ make: @escaping @Sendable (String) -> ResourceQuery.Filter
        ) -> Filter {
            Filter(property: .choice(name, description, words)) { (arguments) throws(ToolFailure) in
                try ReadArguments.word(name, of: words, in: arguments).map(make)
            }
        }

        /// A name or an id.
        static func name(
            _ name: String, _ description: String, example: String,
            _ make: @escaping @Sendable (String) -> ResourceQuery.Filter
        ) -> Filter {
            Filter(property: ReadArguments.name(name, description, example: example)) {
                (arguments) throws(ToolFailure) in try arguments.string(name).map(make)
            }
        }
    }

    /// The tool that lists the resources of a type.
    static func entry(
        _ name: String, _ title: String, _ description: String, _ type: TargetType,
        filters: [Filter], item: [Property]
    ) -> ToolEntry {
        ReadTool.entry(
            name, title, description, ReadArguments.paging + filters.map(\.property),
            output: output(item)
        ) { run in
            let page = try ReadArguments.page(run.arguments)
            let conditions = try filters.compactMap { try $0.read(run.arguments) }
            let found = try await run.komodo.resources(
                ResourceQuery(type, filters: conditions, page: page))
            return data(found, page)
        }
    }

    /// The members of a page.
    static func output(_ item: [Property]) -> [Property] {
        [
            .field("items", .objects(item)).required, .field("total", .count).required,
            .field("page", .count).required, .field("pageSize", .count).required,
            .field("totalPages", .count).required,
            .field("total_is_at_least", .flag),
        ]
    }

    /// A page as `data`.
    static func data(_ found: DocumentPage, _ page: PageRequest) -> JSONObject {
        var data: JSONObject = [
            "items": .array(found.items.map { .object($0) }), "total": .int(found.total),
            "page": .int(page.number), "pageSize": .int(page.size),
            "totalPages": .int((found.total + page.size - 1) / page.size),
        ]
        if found.totalIsAtLeast { data["total_is_at_least"] = true }
        return data
    }

    /// A note for the page with which paging ends before the list does; nil for all others.
    ///
    /// - Parameter goingOn: how to get older entries than the one that began at a moment.
    static func note(
        _ found: DocumentPage, _ page: PageRequest, goingOn: (JobTime) -> String
    ) -> JSONValue? {
        let last = (found.total + page.size - 1) / page.size
        guard let oldest = found.reachesBackTo, page.number >= last else {
            return nil
        }
        return .string("Pages reach the newest \(found.total) only; \(goingOn(oldest)).")
    }
}
