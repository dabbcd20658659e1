internal import JSON

/// A build as it is documented.
enum BuildDocument {
    /// The item of a list.
    static func listed(_ build: CoreResource) -> JSONObject {
        var document = head(build)
        document.merge(build.ending())
        return document
    }

    /// The whole document.
    static func detailed(_ build: CoreResource, history: [ExecutionRecord]?) -> JSONObject {
        var document = head(build)
        document["build_args"] = .object(KeyValueText.object(build.config("build_args")))
        let arguments = build.config("extra_args")?.texts ?? []
        document.put("cache_enabled", flag: !arguments.contains { $0.contains("--no-cache") })
        document.put("commit_message", text: build.stored("built_message")?.string)
        document.put("latest_commit_message", text: build.stored("latest_message")?.string)
        if let history {
            let last = history.first { $0.isComplete }
            document.put("last_build_duration", duration: last?.duration)
            document.put("build_history", objects: history.map(entry))
        }
        document.merge(build.ending())
        return document
    }

    private static func head(_ build: CoreResource) -> JSONObject {
        var document = build.beginning(tagsField: "resource_tags")
        document.merge(build.source())
        document.put("commit", text: commit(build))
        document.put(
            "latest_commit",
            text: build.info("latest_hash")?.filledText ?? build.stored("latest_hash")?.string)
        document.put("version", text: version(build))
        document.put("dockerfile", text: build.config("dockerfile_path")?.string)
        document.put("build_context", text: build.config("build_path")?.string)
        document.put("image_registry", text: registry(build))
        document.put("image_name", text: build.config("image_name")?.filledText ?? build.name)
        if build.full != nil { document.put("tags", texts: imageTags(build)) }
        document.put("builder_id", text: build.text("builder_id"))
        document.put("last_build_at", moment: build.info("last_built_at")?.timestamp)
        return document
    }

    private static func commit(_ build: CoreResource) -> String? {
        build.info("built_hash")?.filledText ?? build.stored("built_hash")?.filledText
    }

    private static func version(_ build: CoreResource) -> String? {
        ExecutionRecord.version(build.info("version") ?? build.config("version"))
    }

    private static func registry(_ build: CoreResource) -> String? {
        build.info("image_registry_domain")?.filledText
            ?? build.config("image_registry")?.array?.first?["domain"]?.filledText
    }

    /// The tags that Core pushes, by the same rules: each is followed by the configured tag.
    static func imageTags(_ build: CoreResource) -> [String] {
        let configured = build.config("image_tag")?.filledText
        let suffix = configured.map { "-\($0)" } ?? ""
        var tags = configured.map { [$0] } ?? []
        if build.config("include_latest_tag")?.bool != false { tags.append("latest\(suffix)") }
        if build.config("include_version_tags")?.bool != false, let version = version(build) {
            let parts = version.split(separator: ".")
            for count in [3, 2, 1] where count <= parts.count {
                tags.append(parts.prefix(count).joined(separator: ".") + suffix)
            }
        }
        if build.config("include_commit_tag")?.bool != false, let commit = commit(build) {
            tags.append(commit + suffix)
        }
        return tags
    }

    private static func entry(_ record: ExecutionRecord) -> JSONObject {
        var entry: JSONObject = [:]
        entry.put("execution_id", text: record.id)
        entry.put("version", text: record.version)
        entry.put("commit", text: record.commit)
        entry.put("status", text: record.status(running: "building"))
        entry.put("started_at", moment: record.startedAt)
        entry.merge(record.ending())
        entry.put("triggered_by", text: record.operatorName)
        return entry
    }
}
