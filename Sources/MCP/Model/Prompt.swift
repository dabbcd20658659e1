package import JSON

/// A prompt as it is listed.
package struct Prompt: Sendable, Hashable {
    /// One argument; its values are texts.
    package struct Argument: Sendable, Hashable {
        package var name: String
        package var title: String?
        package var description: String?
        package var isRequired: Bool

        package init(
            name: String, title: String? = nil, description: String? = nil,
            isRequired: Bool = false
        ) {
            self.name = name
            self.title = title
            self.description = description
            self.isRequired = isRequired
        }
    }

    package var name: String
    package var title: String?
    package var description: String?
    package var arguments: [Argument]
    package var icons: [Icon]
    package var meta: JSONObject?

    package init(
        name: String, title: String? = nil, description: String? = nil,
        arguments: [Argument] = [], icons: [Icon] = [], meta: JSONObject? = nil
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.arguments = arguments
        self.icons = icons
        self.meta = meta
    }
}

/// One message of a prompt.
package struct PromptMessage: Sendable, Hashable {
    package var role: ContentAnnotations.Role
    package var content: Content

    package init(role: ContentAnnotations.Role, content: Content) {
        self.role = role
        self.content = content
    }
}

/// A prompt filled with its arguments.
package struct PromptResult: Sendable, Hashable {
    package var description: String?
    package var messages: [PromptMessage]

    package init(description: String? = nil, messages: [PromptMessage]) {
        self.description = description
        self.messages = messages
    }
}
