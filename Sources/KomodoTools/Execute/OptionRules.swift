internal import JSON
internal import Jobs
internal import KomodoClient

/// The documented options of each operation against what Komodo really has.
///
/// Core ignores fields that it does not know, so an option that it cannot honour is refused here,
/// before anything is queued. The signed interface has the documented options, which are passed on.
enum OptionRules {
    /// The longest time after which we stop waiting, and the longest that Komodo is told to wait.
    static let deadlineSecondsMax = 86_400

    /// The rules of the options of `operation`, as they are documented.
    static func rules(of operation: JobOperation) -> [OptionRule] {
        switch operation {
        case .deploy: deploy
        case .build: build
        case .startServer: [timeout, health]
        case .stopServer: [timeout, force, removeContainer]
        case .restartServer: [timeout, force, health]
        case .runProcedure: [OptionRule("async", .waiting), timeout]
        case .triggerAction:
            [OptionRule("async", .waiting), OptionRule("retryOnFailure", .retry)]
        case .pullRepo: [branch, pullForce, submodules("on_pull")]
        case .cloneRepo:
            [branch, depth, submodules("on_clone"), OptionRule("overwrite", .overwrite)]
        default: OperationTools.rules(of: operation)
        }
    }

    static let timeout = OptionRule("timeout", .deadline)
    static let health = OptionRule("waitForHealthy", .health)

    /// Decides on the options of a call.
    ///
    /// - Parameter dialect: the interface that Komodo has; nil while nobody knows, which means what
    ///   Core has.
    /// - Throws: ``ToolFailure`` `UNSUPPORTED_OPTION` with `details` `{option, komodo_field}`, or
    ///   `VALIDATION_ERROR` for an option that is unknown or of the wrong type.
    static func decide(
        _ options: ToolArguments, of operation: JobOperation, in dialect: KomodoDialect? = .core
    ) throws(ToolFailure) -> OptionOutcome {
        let rules = rules(of: operation)
        var outcome = OptionOutcome()
        var documented = JSONObject()
        for member in options.json.members where !member.value.isNull {
            guard let rule = rules.first(where: { $0.name == member.key }) else {
                let names = rules.map(\.name).joined(separator: ", ")
                throw options.fault(
                    member.key, "is no option of this tool; known are \(names)")
            }
            if dialect == .signed, !rule.handling.isOurs {
                // An empty text is the configured one, as it is for Core.
                if member.value != "" { documented[rule.name] = member.value }
            } else {
                try apply(rule, member.value, options, &outcome)
            }
        }
        if !documented.isEmpty { outcome.arguments["options"] = .object(documented) }
        return outcome
    }

    private static func apply(
        _ rule: OptionRule, _ value: JSONValue, _ options: ToolArguments,
        _ outcome: inout OptionOutcome
    ) throws(ToolFailure) {
        switch rule.handling {
        case .implied(let note): outcome.notes.append("\(rule.name): \(note)")
        case .unsupported(let instead, let field):
            if !asksForNothing(value) { throw refusal(rule.name, instead, field) }
        case .branch:
            if !asksForNothing(value) { outcome.branch = try options.string(rule.name) }
        case .overwrite: outcome.overwrites = try options.bool(rule.name)
        case .passed(let parameter):
            outcome.arguments[parameter.name] = try passed(parameter, value, options)
        case .deadline:
            outcome.deadline = try options.int(rule.name, in: 1...deadlineSecondsMax)
                .map { .seconds($0) }
        case .health: outcome.waitsForHealth = try options.bool(rule.name) ?? false
        case .waiting: outcome.isAsync = try options.bool(rule.name)
        case .retry: outcome.retriesFailure = try options.bool(rule.name) ?? false
        }
    }

    /// A value that Komodo takes as it is.
    private static func passed(
        _ parameter: OperationParameter, _ value: JSONValue, _ options: ToolArguments
    ) throws(ToolFailure) -> JSONValue {
        switch parameter.kind {
        case .integer: _ = try options.int(parameter.name, in: 0...deadlineSecondsMax)
        case .boolean: _ = try options.bool(parameter.name)
        case .strings:
            // Komodo takes an empty list for all of them, which nobody means who writes one.
            let texts = (value.array ?? []).compactMap {
                $0.string.flatMap { $0.isEmpty ? nil : $0 }
            }
            guard !texts.isEmpty, texts.count == value.array?.count else {
                throw options.fault(parameter.name, "must be a list of names, at least one")
            }
        case .oneOf(let words):
            guard let word = value.string, words.contains(word) else {
                throw options.fault(
                    parameter.name, "must be one of \(words.joined(separator: ", "))",
                    allowed: words)
            }
        case .string:
            guard value.string?.isEmpty == false else {
                throw options.fault(parameter.name, "must be a text that is not empty")
            }
        case .object: _ = try options.object(parameter.name)
        }
        return value
    }

    /// The refusal of an option.
    static func refusal(_ option: String, _ instead: String, _ field: String) -> ToolFailure {
        ToolFailure(
            .unsupportedOption, "'\(option)' cannot be honoured: \(instead) Nothing was queued.",
            details: ["option": .string(option), "komodo_field": .string(field)])
    }

    private static func asksForNothing(_ value: JSONValue) -> Bool {
        switch value {
        case .null: true
        case .bool(let flag): !flag
        case .string(let text): text.isEmpty
        case .number: false
        case .array(let items): items.isEmpty
        case .object(let object): object.isEmpty
        }
    }
}

// MARK: - The table

extension OptionRules {
    private static let deploy = [
        OptionRule("force", .implied("Komodo deploys whether or not anything has changed.")),
        OptionRule(
            "stopBeforeStart", .implied("Komodo always stops and removes the old container first.")),
        OptionRule(
            "skipPull",
            .unsupported(
                "Komodo decides by itself whether to pull a deployment's image. Pin the image in "
                    + "the deployment's config; a stack has the field auto_pull for it.",
                field: "stack.config.auto_pull")),
    ]

    private static let build = [
        OptionRule(
            "skipCache",
            .unsupported(
                "a single run cannot do without the cache. Add --no-cache to extra_args in the "
                    + "build's config.", field: "build.config.extra_args")),
        OptionRule(
            "skipPull",
            .unsupported(
                "Komodo always fetches the build's source. Pin it with commit in the build's "
                    + "config.", field: "build.config.commit")),
        OptionRule("forceBuild", .implied("Komodo builds whether or not anything has changed.")),
    ]

    private static let force = OptionRule(
        "force",
        .unsupported(
            "Komodo never sends SIGKILL to all containers at once. StopDeployment takes a signal "
                + "and a time for a single one.", field: "StopDeployment.signal"))

    private static let removeContainer = OptionRule(
        "removeContainer",
        .unsupported(
            "stopping a server's containers does not remove them. Komodo removes single ones with "
                + "DestroyDeployment, DestroyContainer and DestroyStack.",
            field: "DestroyDeployment"))

    private static let branch = OptionRule("branch", .branch)

    private static let pullForce = OptionRule(
        "force", .implied("Komodo always discards local changes in the clone when it pulls."))

    private static let depth = OptionRule(
        "depth",
        .unsupported(
            "Komodo always clones the whole history; the repo's config has no field for it.",
            field: "repo.config"))

    private static func submodules(_ hook: String) -> OptionRule {
        OptionRule(
            "submodules",
            .unsupported(
                "Komodo leaves submodules alone. Run 'git submodule update --init' as \(hook) in "
                    + "the repo's config.", field: "repo.config.\(hook)"))
    }

    /// What is said about variables of a procedure, which Komodo does not have.
    static let variables = (
        instead: "procedures take no variables. Hand a payload to an action with "
            + "\(ToolName.triggerAction), or set a global Variable in Komodo.",
        field: "RunAction.args"
    )
}
