internal import Jobs

/// The words for Core's alerts.
enum AlertWords {
    /// Core's types of resources, with the documented words.
    static let resourceTypes: [(word: String, core: String)] = [
        "System", "Swarm", "Server", "Stack", "Deployment", "Build", "Repo", "Procedure", "Action",
        "Builder", "Alerter", "ResourceSync",
    ].map { (StatusWords.snakeCase($0), $0) }

    private static let severities = [
        (word: "info", level: "OK"), (word: "warning", level: "WARNING"),
        (word: "critical", level: "CRITICAL"),
    ]

    /// The documented severity for Core's level; a newer level in lower case.
    static func severity(level: String) -> String {
        severities.first { $0.level == level }?.word ?? level.lowercased()
    }

    /// Core's level for a documented severity.
    ///
    /// - Throws: ``KomodoError`` `unsupported` for `error`, which no alert of Core has.
    static func level(severity: String) throws(KomodoError) -> String {
        if let known = severities.first(where: { $0.word == severity }) { return known.level }
        throw KomodoError(
            .unsupported,
            "Komodo's alerts have no severity '\(Quote.word(severity))'; use info, warning or "
                + "critical.")
    }

    /// Core's type of resource for the documented word.
    static func coreType(_ word: String) throws(KomodoError) -> String {
        if let known = resourceTypes.first(where: { $0.word == word }) { return known.core }
        let words = resourceTypes.map(\.word).joined(separator: ", ")
        throw KomodoError(
            .invalid,
            "Komodo has no resource type '\(Quote.word(word))' for alerts; use one of: \(words).")
    }
}
