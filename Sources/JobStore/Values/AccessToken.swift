package import Jobs

/// Somebody who may use the server over HTTP.
package struct AccessToken: Sendable, Hashable {
    /// Unique; jobs are stored under it.
    package var name: String
    /// SHA-256 of the token in lower-case hexadecimal; the token itself is stored nowhere.
    package var hash: String
    /// What its holder may do.
    package var scopes: [String]
    package var createdAt: Timestamp

    package init(name: String, hash: String, scopes: [String], createdAt: Timestamp) {
        self.name = name
        self.hash = hash
        self.scopes = scopes
        self.createdAt = createdAt
    }
}
