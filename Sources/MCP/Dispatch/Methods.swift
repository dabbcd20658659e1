internal import JSON

/// What runs for a method, by era; a method that is not offered is not found.
enum Methods {
    /// Runs a request and returns the members of its result.
    typealias Handler = @Sendable (CallContext) async throws -> JSONObject

    /// The handler of a modern method.
    static func modern(_ method: String, _ definition: ServerDefinition) -> Handler? {
        switch method {
        case "server/discover":
            return { Handshake.discovery($0.revision, $0.exchange.definition) }
        case "subscriptions/listen": return SubscriptionStream.run
        case "tasks/get" where definition.offersTasks: return ExtensionTasks.get
        case "tasks/update" where definition.offersTasks: return ExtensionTasks.update
        case "tasks/cancel" where definition.offersTasks: return ExtensionTasks.cancel
        default: return common(method, definition)
        }
    }

    /// The handler of a legacy method that takes time; the others are answered at once.
    static func legacy(_ method: String, _ session: Session, _ revision: Revision) -> Handler? {
        let definition = session.definition
        switch method {
        case "resources/subscribe" where definition.offersSubscriptions:
            return ResourceMethods.subscribe
        case "tasks/get", "tasks/result", "tasks/list", "tasks/cancel":
            guard definition.offersTasks, revision == .november2025 else { return nil }
            return LegacyTasks.handler(method, listsTasks: session.listsTasks)
        default:
            return common(method, definition)
        }
    }

    private static func common(_ method: String, _ definition: ServerDefinition) -> Handler? {
        tools(method, definition) ?? resources(method, definition)
            ?? prompts(method, definition)
    }

    private static func tools(_ method: String, _ definition: ServerDefinition) -> Handler? {
        guard let provider = definition.tools else { return nil }
        switch method {
        case "tools/list": return { try await ToolMethods.list(provider, $0) }
        case "tools/call": return { try await ToolMethods.call(provider, $0) }
        default: return nil
        }
    }

    private static func resources(_ method: String, _ definition: ServerDefinition) -> Handler? {
        guard let provider = definition.resources else { return nil }
        switch method {
        case "resources/list": return { try await ResourceMethods.list(provider, $0) }
        case "resources/templates/list":
            return { try await ResourceMethods.templates(provider, $0) }
        case "resources/read": return { try await ResourceMethods.read(provider, $0) }
        default: return nil
        }
    }

    private static func prompts(_ method: String, _ definition: ServerDefinition) -> Handler? {
        switch (method, definition.prompts, definition.completion) {
        case ("prompts/list", let provider?, _):
            return { try await PromptMethods.list(provider, $0) }
        case ("prompts/get", let provider?, _):
            return { try await PromptMethods.get(provider, $0) }
        case ("completion/complete", _, let provider?):
            return { try await CompletionMethods.complete(provider, $0) }
        default: return nil
        }
    }

    /// Whether `method` may be answered with a request for input.
    static func mayAsk(_ method: String) -> Bool {
        switch method {
        case "tools/call", "prompts/get", "resources/read": true
        default: false
        }
    }
}

extension ServerDefinition {
    /// Whether calls may become tasks.
    var offersTasks: Bool { tasks != nil && tools != nil }
}
