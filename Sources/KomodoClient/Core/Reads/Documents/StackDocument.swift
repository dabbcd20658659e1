internal import JSON

/// A stack as it is documented.
enum StackDocument {
    /// The file that Core takes when none is configured.
    static let composeFileDefault = "compose.yaml"

    /// The item of a list.
    static func listed(_ stack: CoreResource) -> JSONObject {
        var document = head(stack, services: .array(serviceNames(stack).map { .string($0) }))
        document.merge(stack.ending())
        return document
    }

    /// The whole document.
    ///
    /// - Parameter services: the answer to `ListStackServices`; nil when it is not known.
    static func detailed(_ stack: CoreResource, services: JSONValue?) -> JSONObject {
        let found = services?.array
        let entries = found.map { $0.map { service($0, of: stack) } } ?? namedServices(stack)
        var document = head(stack, services: .array(entries.map { .object($0) }))
        if let found {
            document.put("running_services", int: Int64(found.count(where: isRunning)))
            document.put("networks", texts: union(of: "networks", in: found))
            document.put("volumes", texts: union(of: "volumes", in: found))
        }
        let files = files(stack)
        document.put("compose_content", text: files.first?.contents)
        if files.count > 1 {
            document.put(
                "compose_files",
                objects: files.map {
                    ["path": .string($0.path), "content": .string($0.contents)]
                })
        }
        document.put("env", object: KeyValueText.object(stack.config("environment")))
        document.put("deployed_message", text: stack.stored("deployed_message")?.string)
        document.put("latest_message", text: stack.stored("latest_message")?.string)
        document.merge(stack.ending())
        return document
    }

    private static func head(_ stack: CoreResource, services: JSONValue) -> JSONObject {
        var document = stack.beginning()
        document.merge(stack.placement())
        document["services"] = services
        document.put("service_count", int: Int64(services.array?.count ?? 0))
        let status = stack.info("status")?.filledText
        document.put("running_services", int: running(stack, status: status))
        if stack.full != nil {
            document.put(
                "compose_file",
                text: stack.config("file_paths")?.texts.first ?? composeFileDefault)
        }
        document.put("status_text", text: status)
        document.put("source", text: kindOfSource(stack))
        document.merge(stack.source())
        document.put("deployed_commit", text: stack.info("deployed_hash")?.string)
        document.put("latest_commit", text: stack.info("latest_hash")?.string)
        document.put("update_available", flag: updateAvailable(stack))
        let missing = stack.info("missing_files")?.texts ?? []
        if !missing.isEmpty { document.put("missing_files", texts: missing) }
        return document
    }

    private static func running(_ stack: CoreResource, status: String?) -> Int64? {
        if let status { return DockerStatus.runningServices(status) }
        return stack.state == "down" ? 0 : nil
    }

    private static func kindOfSource(_ stack: CoreResource) -> String {
        if stack.info("files_on_host")?.bool == true { return "files_on_host" }
        if stack.text("linked_repo") != nil { return "repo" }
        return stack.text("repo") != nil ? "git" : "ui"
    }

    private static func updateAvailable(_ stack: CoreResource) -> Bool? {
        stack.info("services")?.array?.contains { $0["update_available"]?.bool == true }
    }

    /// The services that run; those of the files when nothing does.
    private static func serviceNames(_ stack: CoreResource) -> [String] {
        let running = (stack.info("services")?.array ?? []).compactMap { service in
            // Core 1.18 had bare names here.
            (service["service"] ?? service).string
        }
        return running.isEmpty ? fileServices(stack).map(\.name) : running
    }

    private static func fileServices(_ stack: CoreResource) -> [(name: String, image: String?)] {
        let services = stack.stored("latest_services")?.array ?? []
        return services.compactMap { service in
            service["service_name"]?.filledText.map { ($0, service["image"]?.filledText) }
        }
    }

    private static func namedServices(_ stack: CoreResource) -> [JSONObject] {
        fileServices(stack).map { service in
            var entry: JSONObject = [:]
            entry.put("name", text: service.name)
            entry.put("image", text: service.image)
            return entry
        }
    }

    private static func service(_ value: JSONValue, of stack: CoreResource) -> JSONObject {
        let container = value["container"]
        let swarm = value["swarm_service"]
        let name = value["service"]?.string
        var entry: JSONObject = [:]
        entry.put("name", text: name)
        entry.put(
            "status", text: container?["state"]?.string ?? swarm?["State"]?.string?.lowercased())
        entry.put("state", text: value["state"]?.string)
        entry.put(
            "image",
            text: value["image"]?.filledText ?? container?["image"]?.filledText
                ?? swarm?["Image"]?.string)
        entry.put("ports", texts: ContainerDocument.ports(container?["ports"]))
        entry.put("replicas", int: swarm?["Replicas"]?.int)
        entry.put("container", text: container?["name"]?.string)
        entry.put("status_text", text: container?["status"]?.string)
        let listed = stack.info("services")?.array?.first { $0["service"]?.string == name }
        entry.put(
            "update_available",
            flag: (listed?["update_available"] ?? value["update_available"])?.bool)
        return entry
    }

    private static func isRunning(_ service: JSONValue) -> Bool {
        service["container"]?["state"]?.string == "running"
            || service["swarm_service"]?["State"]?.string == "Healthy"
    }

    private static func union(of key: String, in services: [JSONValue]) -> [String] {
        var found: [String] = []
        for service in services {
            for text in service["container"]?[key]?.texts ?? [] where !found.contains(text) {
                found.append(text)
            }
        }
        return found
    }

    /// The files as they were written, never those that were deployed: secrets are filled in there.
    private static func files(_ stack: CoreResource) -> [(path: String, contents: String)] {
        if let contents = stack.config("file_contents")?.filledText {
            return [(composeFileDefault, contents)]
        }
        return (stack.stored("remote_contents")?.array ?? []).compactMap { file in
            file["contents"]?.filledText.map { (file["path"]?.string ?? "", $0) }
        }
    }
}
