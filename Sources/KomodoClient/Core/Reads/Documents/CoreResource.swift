internal import JSON
internal import Jobs

/// What Core tells of one resource, in its two forms.
struct CoreResource: Sendable {
    let type: TargetType
    /// The item of a list: the envelope and `info` with the state.
    let item: JSONValue?
    /// The whole resource: `config` and what is stored with it.
    let full: JSONValue?
    /// Names for the ids in it.
    let names: ResourceNames

    /// Komodo's id.
    var id: String { (item?["id"] ?? full?["_id"] ?? item?["_id"])?.objectID ?? "" }
    var name: String { (item?["name"] ?? full?["name"])?.string ?? "" }
    /// Core's word; nil when no item tells it.
    var state: String? { info("state")?.filledText }
    /// The ids of its tags.
    var tagIDs: [String] { (item?["tags"] ?? full?["tags"])?.texts ?? [] }
    /// The names of its tags; an id without a tag stays.
    var tagNames: [String] { tagIDs.map { names.tags[$0] ?? $0 } }

    /// A field of the item's `info`.
    func info(_ key: String) -> JSONValue? { item?["info"]?[key] }
    /// A field of the whole resource's `info`.
    func stored(_ key: String) -> JSONValue? { full?["info"]?[key] }
    /// A field of the configuration.
    func config(_ key: String) -> JSONValue? { full?["config"]?[key] }

    /// A text that the configuration has, else the item.
    func text(_ key: String) -> String? {
        config(key)?.filledText ?? info(key)?.filledText
    }

    /// The fields that documents of all types begin with.
    ///
    /// - Parameter tagsField: what the names of the tags are called.
    func beginning(tagsField: String = "tags") -> JSONObject {
        var document: JSONObject = [:]
        document.put("id", text: id)
        document.put("name", text: name)
        document.put("description", text: full?["description"]?.string)
        document.put("state", text: state)
        document.put("status", text: state.flatMap { StatusWords.status(type, state: $0) })
        document.put(tagsField, texts: tagNames)
        if (item?["template"] ?? full?["template"])?.bool == true {
            document.put("is_template", flag: true)
        }
        return document
    }

    /// The fields that documents of all types end with.
    func ending() -> JSONObject {
        var document: JSONObject = [:]
        document.put("createdAt", moment: Self.moment(ofObjectID: id))
        document.put("updatedAt", moment: full?["updated_at"]?.timestamp)
        return document
    }

    /// When Mongo made an id: its first eight digits are seconds since 1970.
    static func moment(ofObjectID id: String) -> Timestamp? {
        guard ObjectID.isValid(id), let seconds = Int64(id.prefix(8), radix: 16) else { return nil }
        return Timestamp(milliseconds: seconds * 1_000)
    }
}

/// Names for the ids that resources mention.
struct ResourceNames: Sendable {
    var tags: [String: String] = [:]
    var servers: [String: String] = [:]
    var repos: [String: String] = [:]
}

extension CoreResource {
    /// `server_id`, `swarm_id` and their names, where the resource is placed.
    func placement() -> JSONObject {
        var document: JSONObject = [:]
        let server = text("server_id")
        document.put("server_id", text: server)
        document.put(
            "server_name",
            text: info("server_name")?.filledText ?? server.flatMap { names.servers[$0] })
        document.put("swarm_id", text: text("swarm_id"))
        document.put("swarm_name", text: info("swarm_name")?.filledText)
        return document
    }

    /// Where the files come from: the repository and the linked resource.
    func source() -> JSONObject {
        var document: JSONObject = [:]
        let linked = text("linked_repo")
        document.put("repo_id", text: linked)
        document.put(
            "repo_name",
            text: info("linked_repo_name")?.filledText ?? linked.flatMap { names.repos[$0] })
        // The item knows the linked repository's values, the configuration only its own.
        let repository = info("repo")?.filledText ?? config("repo")?.filledText
        document.put("repository", text: repository)
        guard repository != nil else { return document }
        document.put(
            "provider", text: info("git_provider")?.filledText ?? config("git_provider")?.string)
        document.put("branch", text: info("branch")?.filledText ?? config("branch")?.string)
        return document
    }

    /// The schedule and the webhook of a procedure or an action.
    func startings() -> JSONObject {
        var document: JSONObject = [:]
        document.put("schedule", text: config("schedule")?.string)
        if config("schedule")?.filledText != nil {
            document.put("schedule_format", text: config("schedule_format")?.string)
            document.put("schedule_timezone", text: config("schedule_timezone")?.string)
        }
        document.put("schedule_enabled", flag: config("schedule_enabled")?.bool)
        document.put("schedule_error", text: info("schedule_error")?.string)
        document.put("next_run_at", moment: info("next_scheduled_run")?.timestamp)
        document.put("webhook_enabled", flag: config("webhook_enabled")?.bool)
        return document
    }

    /// How the last run went and when it began, as the item tells it; nil when there was none.
    func lastRun(momentField: String) -> JSONObject? {
        guard let state, let status = StatusWords.lastRun(state: state) else { return nil }
        var run: JSONObject = [:]
        run.put("status", text: status)
        // The moment is that of the run before when one is under way.
        guard state != "Running" else { return run }
        guard let moment = info("last_run_at")?.timestamp, moment.milliseconds > 0 else {
            return nil
        }
        run.put(momentField, moment: moment)
        return run
    }
}
