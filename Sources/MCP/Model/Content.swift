/// A piece of a tool's result or of a prompt.
package enum Content: Sendable, Hashable {
    case text(String, ContentAnnotations? = nil)
    /// `data` is base64.
    case image(data: String, mimeType: String, ContentAnnotations? = nil)
    /// `data` is base64; a text below 2025-03-26.
    case audio(data: String, mimeType: String, ContentAnnotations? = nil)
    /// A resource that can be read; a text with its address below 2025-06-18.
    case link(Resource)
    /// A resource with its contents.
    case embedded(ResourceContents, ContentAnnotations? = nil)
}

/// For whom a piece of content is meant, and how much it matters.
package struct ContentAnnotations: Sendable, Hashable {
    /// One side of the conversation.
    package enum Role: String, Sendable, Hashable {
        case user, assistant
    }

    package var audience: [Role]
    /// From 0 to 1.
    package var priority: Double?
    package var lastModified: Timestamp?

    package init(
        audience: [Role] = [], priority: Double? = nil, lastModified: Timestamp? = nil
    ) {
        self.audience = audience
        self.priority = priority
        self.lastModified = lastModified
    }
}
