internal import JSON
internal import Jobs

/// The options of the operations beyond the nine: Komodo's own parameters, and our ways to wait.
enum OperationTools {
    /// The rules of the options of `operation`.
    static func rules(of operation: JobOperation) -> [OptionRule] {
        var rules = passed(operation).map { OptionRule($0.name, .passed($0)) }
        guard !operation.spec.isCancel else { return rules }
        rules.append(OptionRules.timeout)
        if canBecomeHealthy(operation) { rules.append(OptionRules.health) }
        return rules
    }

    /// The properties of `options`, in the order of the rules.
    static func options(of operation: JobOperation) -> [Property] {
        rules(of: operation).compactMap { rule in
            switch rule.handling {
            case .passed(let parameter): property(parameter)
            case .deadline: ExecuteTool.timeout(300)
            case .health: ExecuteTool.waitForHealthy
            case .implied, .unsupported, .branch, .overwrite, .waiting, .retry: nil
            }
        }
    }

    /// Komodo's parameters that are options: the container is an argument of its own, and of the
    /// run to cancel Core takes no notice.
    private static func passed(_ operation: JobOperation) -> [OperationParameter] {
        operation.spec.parameters.filter { !$0.isRequired && $0.name != "update_id" }
    }

    /// Whether the target runs afterwards and can be told from others.
    private static func canBecomeHealthy(_ operation: JobOperation) -> Bool {
        switch operation {
        case .startDeployment, .restartDeployment, .deployStack, .deployStackIfChanged,
            .startStack, .restartStack:
            true
        default: false
        }
    }

    private static func property(_ parameter: OperationParameter) -> Property {
        let text = texts[parameter.name] ?? parameter.summary
        switch parameter.kind {
        case .integer:
            return .integer(
                parameter.name, text, in: 0...OptionRules.deadlineSecondsMax, example: 30)
        case .boolean: return .flag(parameter.name, text, default: false)
        case .oneOf(let words): return .choice(parameter.name, text, words)
        case .strings:
            var property: Property = .list(
                parameter.name, text, of: ["type": "string", "minLength": 1, "maxLength": 200],
                example: ["web"])
            property.schema["minItems"] = 1
            property.schema["maxItems"] = .int(listMax)
            return property
        case .string:
            return .text(parameter.name, text, example: "Stack", length: 1...100)
        case .object: return .object(parameter.name, text, [], isOpen: true, example: [:])
        }
    }

    /// The most names in a list.
    private static let listMax = 100

    private static let texts = [
        "services": "Only these services of the stack, by name. Default: all of them.",
        "stop_time": "Seconds that a container gets to end before it is killed. Default: as "
            + "configured.",
        "time":
            "Seconds that the container gets to end before it is killed. Default: as configured.",
        "signal":
            "The signal that ends the container; Komodo has no SIGKILL. Default: as configured.",
        "remove_orphans": "Remove containers that the compose file no longer names, too.",
        "resource_type": "Only resources of this type in Komodo's own words, as Stack or "
            + "Deployment. Default: all types.",
        "resources": "Only these resources of that type, by name. Default: all of them.",
    ]
}
