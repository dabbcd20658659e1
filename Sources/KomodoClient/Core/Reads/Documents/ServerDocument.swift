internal import JSON

/// A server as it is documented.
enum ServerDocument {
    /// What is read besides the server itself.
    struct Parts {
        var stats: JSONValue?
        var information: JSONValue?
        var deploymentIDs: [String]?
        var alerts: [JSONObject]?
    }

    /// The item of a list.
    static func listed(_ server: CoreResource) -> JSONObject {
        var document = head(server)
        document.put("metrics", object: ServerMetrics.document(server.info("stats")))
        document.merge(server.ending())
        return document
    }

    /// The whole document.
    static func detailed(_ server: CoreResource, _ parts: Parts) -> JSONObject {
        var document = head(server)
        let stats = parts.stats ?? server.info("stats")
        let metrics = ServerMetrics.document(stats)
        document.put("config", object: config(server, metrics, parts.information))
        document.put("metrics", object: metrics)
        if let ids = parts.deploymentIDs { document.put("deployments", texts: ids) }
        if let alerts = parts.alerts { document.put("alerts", objects: alerts) }
        document.merge(server.ending())
        return document
    }

    private static func head(_ server: CoreResource) -> JSONObject {
        var document = server.beginning()
        let address = server.text("address")
        let place = address.flatMap { ServerAddress($0) }
        document.put("host", text: place?.host)
        document.put("port", int: place?.port)
        document.put("address", text: address)
        document.put("external_address", text: server.text("external_address"))
        document.put("public_ip", text: server.info("public_ip")?.string)
        document.put("region", text: server.text("region"))
        document.put("version", text: version(server.info("version")?.string))
        document.put("error", text: error(server.info("err")))
        document.put("enabled", flag: server.config("enabled")?.bool)
        return document
    }

    /// Core 1.19 calls the version of an agent that it cannot reach `unknown`.
    private static func version(_ text: String?) -> String? {
        text == "unknown" ? nil : text
    }

    /// Why a server cannot be reached: Core's error with its causes.
    static func error(_ error: JSONValue?) -> String? {
        guard let text = error?["error"]?.filledText else { return nil }
        return ([text] + (error?["trace"]?.texts ?? [])).joined(separator: ": ")
    }

    private static func config(
        _ server: CoreResource, _ metrics: JSONObject, _ information: JSONValue?
    ) -> JSONObject {
        var config: JSONObject = [:]
        let memory = metrics["memory_total_gb"]?.double
        let disk = metrics["disk_total_gb"]?.double
        let cores =
            (information?["logical_core_count"] ?? server.info("logical_core_count"))?.int
            ?? (information?["core_count"] ?? server.info("core_count"))?.int
        config.put("memory", text: memory.map { HumanText.gigabytes($0) })
        config.put("cpu", text: cores.map { "\($0) \($0 == 1 ? "core" : "cores")" })
        config.put("disk", text: disk.map { HumanText.gigabytes($0) })
        config.put("os", text: information?["os"]?.string)
        config.put("kernel", text: information?["kernel"]?.string)
        config.put("hostname", text: information?["host_name"]?.string)
        config.put("cpu_brand", text: information?["cpu_brand"]?.string)
        config.put("cpu_arch", text: information?["cpu_arch"]?.string)
        config.put("cores", int: cores)
        config.put("memory_gb", decimal: memory)
        config.put("disk_gb", decimal: disk)
        return config
    }
}
