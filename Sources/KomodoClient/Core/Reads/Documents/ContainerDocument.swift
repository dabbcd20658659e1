internal import JSON
internal import Jobs

/// A container on a server.
enum ContainerDocument {
    /// The item of a list.
    static func document(_ container: JSONValue, serverName: String?) -> JSONObject {
        let status = container["status"]?.string ?? ""
        var document: JSONObject = [:]
        document.put("id", text: container["id"]?.string)
        document.put("name", text: container["name"]?.string)
        document.put("server_id", text: container["server_id"]?.string)
        document.put("server_name", text: container["server_name"]?.filledText ?? serverName)
        document.put("image", text: container["image"]?.string)
        document.put("state", text: container["state"]?.string)
        document.put("status_text", text: status)
        document.put("health", text: DockerStatus.health(status))
        document.put(
            "created_at",
            moment: container["created"]?.int.map { Timestamp(milliseconds: $0 * 1_000) })
        document.put("ports", texts: ports(container["ports"]))
        document.put("networks", texts: container["networks"]?.texts ?? [])
        document.put("volumes", texts: container["volumes"]?.texts ?? [])
        // Of the labels only those of Docker Compose: others may hold passwords.
        let labels = container["labels"]
        document.put("project", text: labels?["com.docker.compose.project"]?.string)
        document.put("service", text: labels?["com.docker.compose.service"]?.string)
        if let stats = container["stats"], stats.object != nil {
            document.put("metrics", object: ContainerMetrics.document(stats, status: status))
        }
        return document
    }

    /// Docker's ports as `8080:80`, with `/udp` where it is not TCP; each once.
    static func ports(_ value: JSONValue?) -> [String] {
        var found: [String] = []
        for port in value?.array ?? [] {
            guard let inside = port["PrivatePort"]?.int else { continue }
            let kind = port["Type"]?.filledText ?? "tcp"
            let outside = port["PublicPort"]?.int.flatMap { $0 > 0 ? "\($0):" : nil } ?? ""
            let text = "\(outside)\(inside)\(kind == "tcp" ? "" : "/\(kind)")"
            // The same port of IPv4 and IPv6 comes twice.
            if !found.contains(text) { found.append(text) }
        }
        return found
    }
}
