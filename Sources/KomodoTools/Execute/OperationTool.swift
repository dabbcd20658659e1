internal import Intake
internal import JSON
internal import Jobs

/// One row of the operations beyond the nine documented ones.
struct OperationTool: Sendable {
    let operation: JobOperation
    let toolset: ToolSelection.Toolset
    let title: String
    /// An example of its target.
    let example: String
    /// What happens and what is at stake, in a sentence or two.
    let effect: String
    /// A sentence that begins with "Use it" and names the nearest other tool.
    let use: String
    /// Whether something is lost or interrupted.
    let isDestructive: Bool

    init(
        _ operation: JobOperation, _ toolset: ToolSelection.Toolset, _ title: String,
        example: String, isDestructive: Bool = true, _ effect: String, _ use: String
    ) {
        self.operation = operation
        self.toolset = toolset
        self.title = title
        self.example = example
        self.effect = effect
        self.use = use
        self.isDestructive = isDestructive
    }

    /// The tool with all that its operation brings along.
    var tool: ExecuteTool {
        let spec = operation.spec
        let needsContainer = spec.parameters.contains { $0.name == Self.container.name }
        return ExecuteTool(
            name: ToolName.execute(operation), title: title, operation: operation,
            toolset: toolset, description: description,
            id: ExecuteArguments.id(spec.targetType.word, example: example),
            options: OperationTools.options(of: operation),
            extras: needsContainer ? [Self.container.required] : [],
            isDestructive: isDestructive,
            parameters: { arguments throws(ToolFailure) in
                guard needsContainer else { return [:] }
                return ["container": .string(try arguments.requiredString("container"))]
            })
    }

    private static let container: Property = .text(
        "container",
        "The container's name on that server, as Docker shows it; at most 200 characters.",
        example: "web", length: 1...200)

    private var description: String {
        let spec = operation.spec
        var sentences = [effect, use]
        if spec.tier == .destroy { sentences.append(Self.confirmation) }
        switch spec.resend {
        case .automatic:
            sentences.append("The order is a durable job, handed to Komodo effectively once.")
        case .ask:
            sentences.append(
                "The order is a durable job, never sent twice without evidence; when that is "
                    + "missing it ends as OUTCOME_UNKNOWN, which \(ToolName.resolve) settles.")
        }
        sentences.append("Follow it with \(ToolName.wait), read \(ToolName.logs).")
        if spec.cancelledBy != nil {
            sentences.append("\(ToolName.cancel) stops it while it runs.")
        } else if !spec.isCancel {
            sentences.append("Komodo cannot cancel it once it runs.")
        }
        sentences.append("An unknown name fails with NOT_FOUND and the nearest names.")
        return sentences.joined(separator: " ")
    }

    private static let confirmation =
        "It must be confirmed: the user is asked where the client can, else the first call answers "
        + "CONFIRMATION_REQUIRED with a confirmation_token to repeat it with after the user has "
        + "agreed; denied by default."
}

extension ToolName {
    /// The name of the tool of an operation beyond the nine, which is Komodo's own.
    static func execute(_ operation: JobOperation) -> String {
        "komodo_execute_\(operation.spec.request)"
    }
}
