internal import JSON

/// A repository as it is documented.
enum RepoDocument {
    /// The item of a list.
    ///
    /// - Parameter builds: the ids of the builds from it; nil when they are not known.
    static func listed(_ repo: CoreResource, builds: [String]?) -> JSONObject {
        var document = head(repo, builds: builds)
        document.merge(repo.ending())
        return document
    }

    /// The whole document.
    static func detailed(_ repo: CoreResource, builds: [String]?) -> JSONObject {
        var document = head(repo, builds: builds)
        document["credentials"] = .object(credentials(repo))
        if let isEnabled = repo.config("webhook_enabled")?.bool {
            document["webhook"] = ["enabled": .bool(isEnabled)]
        }
        document["env"] = .object(KeyValueText.object(repo.config("environment")))
        document.put("recent_commits", objects: commits(repo))
        document.merge(repo.ending())
        return document
    }

    /// `github`, `gitlab`, `bitbucket` or `other`, by the name of the host.
    static func provider(_ host: String) -> String {
        let lowered = host.lowercased()
        return ["github", "gitlab", "bitbucket"].first { lowered.contains($0) } ?? "other"
    }

    /// The host of a repository, from its item.
    static func host(_ item: JSONValue) -> String {
        item["info"]?["git_provider"]?.string ?? ""
    }

    private static func head(_ repo: CoreResource, builds: [String]?) -> JSONObject {
        var document = repo.beginning()
        let host = repo.info("git_provider")?.filledText ?? repo.config("git_provider")?.string
        document.put("provider", text: provider(host ?? ""))
        document.put("provider_host", text: host)
        document.put("repository", text: repo.text("repo"))
        document.put("url", text: repo.info("repo_link")?.string)
        document.put("branch", text: repo.text("branch"))
        document.put("commit", text: repo.config("commit")?.string)
        document.merge(repo.placement())
        document.put("builder_id", text: repo.text("builder_id"))
        document.put("path", text: repo.config("path")?.string)
        document.put("last_sync", moment: repo.info("last_pulled_at")?.timestamp)
        document.put("last_build_at", moment: repo.info("last_built_at")?.timestamp)
        document.put("webhook_enabled", flag: repo.config("webhook_enabled")?.bool)
        if let builds { document.put("builds", texts: builds) }
        document.put("cloned_commit", text: repo.info("cloned_hash")?.string)
        document.put("latest_commit", text: repo.info("latest_hash")?.string)
        return document
    }

    /// Core clones with the token of an account, or without.
    private static func credentials(_ repo: CoreResource) -> JSONObject {
        guard let account = repo.config("git_account")?.filledText else {
            return ["configured": false]
        }
        return [
            "type": "access_token", "configured": true, "account": .string(account),
        ]
    }

    /// The newest commit, the only one that Core knows.
    private static func commits(_ repo: CoreResource) -> [JSONObject] {
        let hash = repo.stored("latest_hash")?.filledText ?? repo.info("latest_hash")?.filledText
        guard let hash else { return [] }
        var commit: JSONObject = [:]
        commit.put("sha", text: hash)
        commit.put("message", text: repo.stored("latest_message")?.string)
        commit.put("branch", text: repo.text("branch"))
        return [commit]
    }
}
