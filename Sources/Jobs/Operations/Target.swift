/// What an operation acts on.
package struct Target: Sendable, Hashable {
    package let type: TargetType
    /// Komodo's id: 24 hexadecimal digits; nil until Komodo was asked.
    package var id: String?
    /// Komodo's name, or what the caller wrote while it is unresolved.
    package var name: String

    package init(type: TargetType, id: String?, name: String) {
        self.type = type
        self.id = id
        self.name = name
    }
}
