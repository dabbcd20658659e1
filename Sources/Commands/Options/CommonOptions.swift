internal import ArgumentParser
internal import Bootstrap

/// Where the database and the settings are.
struct CommonOptions: ParsableArguments {
    @Option(help: "The job database (KOMODO_JOBS_DB).")
    var db: String?

    @Option(help: "A YAML or JSON file with settings.")
    var config: String?

    @Option(name: .shortAndLong, help: "The profile of that file.")
    var profile: String?

    @Option(help: "How much is logged: trace, debug, info, notice, warning, error.")
    var logLevel: String?

    /// The given options by their names, for ``Settings``.
    var arguments: [String: String] {
        ["db": db, "config": config, "profile": profile, "log-level": logLevel]
            .compactMapValues { $0 }
    }
}

/// How to reach Komodo.
struct KomodoOptions: ParsableArguments {
    @Option(name: [.short, .long], help: "The address of Komodo (KOMODO_URL).")
    var url: String?

    @Option(name: [.customShort("k"), .long], help: "The API key (KOMODO_API_KEY).")
    var apiKey: String?

    @Option(
        help: """
            Who works on the jobs: auto starts a worker when there is none, external leaves them \
            to one that runs, embedded works inside this command.
            """)
    var worker: String?

    var arguments: [String: String] {
        ["url": url, "api-key": apiKey, "worker": worker].compactMapValues { $0 }
    }
}

/// How results are printed.
struct OutputOptions: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json, jsonl
    }

    @Option(name: .shortAndLong, help: "table, json or jsonl.")
    var format: Format = .table

    @Flag(name: .shortAndLong, help: "Print ids or names only.")
    var quiet = false
}
