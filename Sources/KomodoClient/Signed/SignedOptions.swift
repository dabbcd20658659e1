package import JSON
package import Jobs

/// The documented options of each operation of the signed interface, and the body they make.
///
/// Arguments are `options`, for procedures `variables`, for actions `payload` (or `args`, as Core
/// calls it).
package enum SignedOptions {
    /// The options that Komodo takes.
    package static func names(of operation: JobOperation) -> [String] {
        switch operation {
        case .deploy: ["force", "stopBeforeStart", "skipPull"]
        case .build: ["skipCache", "skipPull", "forceBuild"]
        case .stopServer: ["force", "removeContainer"]
        case .restartServer: ["force"]
        case .pullRepo: ["branch", "force", "submodules"]
        case .cloneRepo: ["branch", "depth", "submodules", "overwrite"]
        default: []
        }
    }

    /// Options that are this program's own to do; Komodo never hears of them, or its answer would
    /// wait for the end.
    private static let ours = ["async", "waitForHealthy", "timeout", "retryOnFailure"]

    /// Whether the interface has the operation.
    package static func hasOperation(_ operation: JobOperation) -> Bool {
        switch operation {
        case .deploy, .build, .startServer, .stopServer, .restartServer, .runProcedure,
            .triggerAction, .pullRepo, .cloneRepo:
            true
        default: false
        }
    }

    /// Why an operation cannot be asked for with these arguments; nil when it can.
    package static func fault(
        in arguments: JSONObject, for operation: JobOperation
    ) -> JobError? {
        guard hasOperation(operation) else {
            return JobError(
                .unsupportedOption,
                "The signed interface of Komodo has no \(operation.rawValue); set KOMODO_API=core "
                    + "for a Komodo Core.")
        }
        for member in arguments.members {
            if let fault = fault(in: member, for: operation) { return fault }
        }
        return nil
    }

    /// The body of the request.
    static func body(of operation: JobOperation, _ arguments: JSONObject) -> JSONObject {
        var body = JSONObject()
        var options = JSONObject()
        for member in arguments["options"]?.object?.members ?? []
        where !ours.contains(member.key) && !member.value.isNull {
            options[member.key] = member.value
        }
        // Otherwise the answer would come with the end of the run.
        if operation == .runProcedure || operation == .triggerAction { options["async"] = true }
        if !options.isEmpty { body["options"] = .object(options) }
        if let variables = arguments["variables"] { body["variables"] = variables }
        if let payload = arguments["payload"] ?? arguments["args"] { body["payload"] = payload }
        return body
    }

    private static func fault(
        in member: JSONObject.Member, for operation: JobOperation
    ) -> JobError? {
        switch (member.key, operation) {
        case ("options", _):
            guard let options = member.value.object else { return invalid("options", "an object") }
            for option in options.members {
                if let fault = fault(inOption: option, for: operation) { return fault }
            }
            return nil
        case ("variables", .runProcedure):
            let isText = member.value.object?.members.allSatisfy { $0.value.string != nil } ?? false
            return isText ? nil : invalid("variables", "an object of texts")
        case ("payload", .triggerAction), ("args", .triggerAction):
            return member.value.object == nil ? invalid(member.key, "an object") : nil
        default: return unknown(member.key, operation, ["options"])
        }
    }

    private static func fault(
        inOption option: JSONObject.Member, for operation: JobOperation
    ) -> JobError? {
        if ours.contains(option.key) || option.value.isNull { return nil }
        let names = names(of: operation)
        guard names.contains(option.key) else { return unknown(option.key, operation, names) }
        switch option.key {
        case "branch":
            return option.value.string == nil ? invalid("branch", "a text") : nil
        case "depth":
            return (option.value.int ?? 0) < 1 ? invalid("depth", "a whole number from 1") : nil
        default:
            return option.value.bool == nil ? invalid(option.key, "true or false") : nil
        }
    }

    private static func invalid(_ name: String, _ expected: String) -> JobError {
        JobError(.validationError, "'\(name)' must be \(expected).")
    }

    private static func unknown(
        _ name: String, _ operation: JobOperation, _ known: [String]
    ) -> JobError {
        let takes = known.isEmpty ? "nothing" : known.joined(separator: ", ")
        return JobError(
            .unsupportedOption,
            "\(operation.rawValue) has no '\(Quote.word(name))' in the signed interface of Komodo; "
                + "it takes \(takes).")
    }
}
