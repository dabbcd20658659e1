/// On whose behalf a message was sent.
package struct Principal: Sendable, Hashable {
    /// A stable name: the operating system's user, or the name of a token.
    package var name: String
    /// What it may do, in the application's own words.
    package var scopes: Set<String>

    package init(name: String, scopes: Set<String> = []) {
        self.name = name
        self.scopes = scopes
    }
}
