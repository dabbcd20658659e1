internal import JSON
internal import Jobs
internal import MCP

/// What somebody is asked to agree to.
struct ConfirmationSubject: Sendable, Hashable {
    let operation: JobOperation
    let target: Target
    /// Komodo's arguments.
    var arguments: JSONObject = [:]
    /// What it hits, as it was read just before.
    var radius: String?

    /// The target's name, safe to show.
    var name: String { BoundedText.line(target.name, max: 200) }

    /// The container that is meant, of an operation on a single one.
    var container: String? { arguments["container"]?.string }

    /// The services that are meant; none for all.
    var services: [String] { arguments["services"]?.array?.compactMap(\.string) ?? [] }

    /// The name that somebody types: the container's, where one is meant.
    private var typedName: String {
        container.map { BoundedText.line($0, max: 200) } ?? name
    }

    /// What happens when it is done.
    var consequence: String { [effect, radius].compactMap { $0 }.joined(separator: " ") }

    private var effect: String {
        let words = OperationWords.prefix(of: target.type)
        return switch operation {
        case .stopServer:
            "This stops every container on the server '\(name)', Komodo's own included unless "
                + "they are labelled komodo.skip. Services there stay down until they are started."
        case .restartServer:
            "This restarts every container on the server '\(name)', Komodo's own included unless "
                + "they are labelled komodo.skip. Every service there is interrupted."
        case .cloneRepo:
            "This deletes the clone of '\(name)' on its server, unpushed work included, and clones "
                + "it anew."
        case .stopDeployment:
            "This stops the deployment '\(name)', which stays down until it is started."
        case .restartDeployment: "This restarts the deployment '\(name)', which is interrupted."
        case .destroyDeployment:
            "This removes the container of the deployment '\(name)' with all that it keeps outside "
                + "volumes."
        case .stopStack:
            "This stops \(part) the stack '\(name)', down until started again."
        case .restartStack: "This restarts \(part) the stack '\(name)', interrupting it."
        case .destroyStack:
            "This removes the containers of \(part) the stack '\(name)' with all that they keep "
                + "outside volumes."
        case .stopContainer:
            "This stops the container '\(typedName)' on the server '\(name)', which stays down "
                + "until it is started."
        case .restartContainer:
            "This restarts the container '\(typedName)' on the server '\(name)', which is "
                + "interrupted."
        case .destroyContainer:
            "This removes the container '\(typedName)' from the server '\(name)' with all that it "
                + "keeps outside volumes."
        default: "This runs \(operation.rawValue) on the \(words) '\(name)'."
        }
    }

    /// Which part of a stack is meant.
    private var part: String { services.isEmpty ? "every service of" : "services of" }

    /// The form for the user: a tick, and the name typed.
    var form: ElicitationForm {
        let kind = container == nil ? target.type.word : "container"
        let properties: JSONValue = [
            "confirm": [
                "type": "boolean", "title": "I want this", "default": false,
                "description": "Leave it off to stop here; nothing is queued then.",
            ],
            "target": [
                "type": "string", "title": .string("Name of the \(kind)"),
                "description": .string("Type \(typedName) to confirm."),
            ],
        ]
        return ElicitationForm(
            message: consequence,
            schema: [
                "type": "object", "properties": properties, "required": ["confirm", "target"],
            ])
    }

    /// Whether a filled-in form agrees.
    func isAgreed(_ content: JSONObject) -> Bool {
        guard content["confirm"]?.bool == true, let typed = content["target"]?.string else {
            return false
        }
        if let container { return typed == typedName || typed == container }
        return typed == name || typed == target.name || typed == target.id
    }
}
