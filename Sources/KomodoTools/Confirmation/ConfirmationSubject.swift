internal import JSON
internal import Jobs
internal import MCP

/// What somebody is asked to agree to.
struct ConfirmationSubject: Sendable, Hashable {
    let operation: JobOperation
    let target: Target

    /// The target's name, safe to show.
    var name: String { BoundedText.line(target.name, max: 200) }

    /// What happens when it is done.
    var consequence: String {
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
        case .destroyDeployment: "This removes the container of the deployment '\(name)'."
        case .destroyStack: "This removes the containers of the stack '\(name)'."
        default: "This runs \(operation.rawValue) on the \(words) '\(name)'."
        }
    }

    /// The form for the user: a tick, and the name typed.
    var form: ElicitationForm {
        let properties: JSONValue = [
            "confirm": [
                "type": "boolean", "title": "I want this", "default": false,
                "description": "Leave it off to stop here; nothing is queued then.",
            ],
            "target": [
                "type": "string", "title": .string("Name of the \(target.type.word)"),
                "description": .string("Type \(name) to confirm."),
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
        return typed == name || typed == target.name || typed == target.id
    }
}
