internal import JSON
internal import Jobs

/// A deployment as it is documented.
enum DeploymentDocument {
    /// What is read besides the deployment itself.
    struct Parts {
        var container: JSONValue?
        var stats: JSONValue?
        var log: ContainerLog?
        var history: [ExecutionRecord]?
    }

    /// How many lines of the log a document has.
    static let logLinesMax = 20

    /// The item of a list.
    ///
    /// - Parameter deployedAt: when the newest deploy that is known began.
    static func listed(_ deployment: CoreResource, deployedAt: Timestamp?) -> JSONObject {
        var document = head(deployment)
        document.merge(deployment.ending())
        document.put("lastDeployedAt", moment: deployedAt)
        return document
    }

    /// The whole document.
    static func detailed(_ deployment: CoreResource, _ parts: Parts) -> JSONObject {
        var document = head(deployment)
        let container = parts.container.flatMap { $0.isNull ? nil : $0 }
        let status = container?["status"]?.string ?? deployment.info("status")?.string ?? ""
        document.put("container_id", text: container?["id"]?.string)
        document.put("container_name", text: container?["name"]?.string)
        document.put("metrics", object: ContainerMetrics.document(parts.stats, status: status))
        if let health = DockerStatus.health(status) {
            document.put("health", object: ["status": .string(health)])
        }
        if let log = parts.log { document["logs"] = .string(log.tail(logLinesMax)) }
        if let history = parts.history {
            document.put("deployment_history", objects: history.map(entry))
        }
        document.merge(deployment.ending())
        document.put("lastDeployedAt", moment: parts.history?.first?.startedAt)
        return document
    }

    private static func head(_ deployment: CoreResource) -> JSONObject {
        var document = deployment.beginning()
        document.merge(deployment.placement())
        let image = deployment.info("image")?.filledText ?? configuredImage(deployment)
        document.put("image", text: image)
        document.put("tag", text: image.flatMap { ImageName.tag($0) })
        document.put("build_id", text: buildID(deployment))
        document.put("status_text", text: deployment.info("status")?.string)
        document.put("update_available", flag: deployment.info("update_available")?.bool)
        guard deployment.full != nil else { return document }
        document.put("ports", texts: KeyValueText.joined(deployment.config("ports")))
        document.put("volumes", texts: KeyValueText.joined(deployment.config("volumes")))
        document["env"] = .object(KeyValueText.object(deployment.config("environment")))
        document.put("network", text: deployment.config("network")?.string)
        document.put("restart_policy", text: deployment.config("restart")?.string)
        document.put("labels", object: KeyValueText.object(deployment.config("labels")))
        document.put("command", text: deployment.config("command")?.string)
        document.put("auto_update", flag: deployment.config("auto_update")?.bool)
        document.put("redeploy_on_build", flag: deployment.config("redeploy_on_build")?.bool)
        return document
    }

    private static func configuredImage(_ deployment: CoreResource) -> String? {
        deployment.config("image")?["params"]?["image"]?.filledText
    }

    private static func buildID(_ deployment: CoreResource) -> String? {
        deployment.info("build_id")?.filledText
            ?? deployment.config("image")?["params"]?["build_id"]?.filledText
    }

    private static func entry(_ record: ExecutionRecord) -> JSONObject {
        var entry: JSONObject = [:]
        entry.put("version", text: record.version)
        entry.put("deployed_at", moment: record.startedAt)
        entry.put("deployed_by", text: record.operatorName)
        entry.put("status", text: record.status())
        entry.put("execution_id", text: record.id)
        entry.merge(record.ending())
        return entry
    }
}

extension ContainerLog {
    /// The last `count` lines: what went to stdout, then what went to stderr.
    func tail(_ count: Int) -> String {
        let lines = (stdout + (stdout.isEmpty || stdout.hasSuffix("\n") ? "" : "\n") + stderr)
            .split(separator: "\n", omittingEmptySubsequences: true)
        return lines.suffix(count).joined(separator: "\n")
    }
}
