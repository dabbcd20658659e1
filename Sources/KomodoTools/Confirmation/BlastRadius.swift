internal import JSON
internal import Jobs
internal import KomodoClient

/// What a destructive operation hits, from a read made just before somebody is asked.
enum BlastRadius {
    /// The most names that are told.
    private static let namesMax = 20
    /// The most containers of a server that are looked at; the rest is counted.
    private static let containersMax = 100

    /// One or two sentences; a plain one when Komodo cannot be read in time.
    static func sentence(
        of subject: ConfirmationSubject, in context: ToolContext
    ) async -> String {
        let read = await QuickRead.value(in: context) { komodo in
            try await sentence(of: subject, from: komodo)
        }
        return (read ?? nil) ?? unknown(subject)
    }

    /// What is said when Komodo does not tell.
    private static func unknown(_ subject: ConfirmationSubject) -> String {
        switch subject.target.type {
        case .server, .stack, .deployment:
            "Which containers this hits is not known, for Komodo did not tell."
        case .repo: "Whether there is a clone is not known, for Komodo did not tell."
        case .build, .procedure, .action, .resourceSync:
            "What this hits is not known, for Komodo did not tell."
        }
    }

    private static func sentence(
        of subject: ConfirmationSubject, from komodo: any KomodoReads
    ) async throws -> String? {
        // What could not be looked up by its name cannot be looked at either.
        guard subject.target.id != nil || subject.target.type == .server else { return nil }
        switch subject.target.type {
        case .server:
            return try await ofServer(subject, from: komodo)
        case .stack: return ofStack(try await komodo.glance(at: subject.target), subject)
        case .deployment: return ofDeployment(try await komodo.glance(at: subject.target))
        case .repo: return ofRepo(try await komodo.glance(at: subject.target))
        case .build, .procedure, .action, .resourceSync: return nil
        }
    }

    private static func ofServer(
        _ subject: ConfirmationSubject, from komodo: any KomodoReads
    ) async throws -> String? {
        let target = subject.target.id ?? subject.target.name
        let page = PageRequest(size: containersMax)
        do throws(KomodoError) {
            let found = try await komodo.containers(ContainerQuery(server: target, page: page))
            guard let container = subject.container else { return onServer(found, subject.name) }
            return single(container, among: found, on: subject.name)
        } catch {
            // The signed interface knows deployments, but no containers.
            guard error.code == .unsupported else { throw error }
            guard subject.container == nil else { return nil }
            let found = try await komodo.resources(
                ResourceQuery(.deployment, filters: [.server(target)], page: page))
            return deployments(found, on: subject.name)
        }
    }

    /// The deployments of a server, where Komodo tells nothing about containers.
    static func deployments(_ page: DocumentPage, on server: String) -> String {
        let rest = "Which other containers are there is not known."
        guard page.total > 0 else { return "No deployment is on '\(server)' now. \(rest)" }
        let all = page.total == 1 ? "1 deployment" : "\(page.total) deployments"
        let names = list(page.items.map { text($0["name"]) ?? "?" }, of: page.total)
        return "On '\(server)' now: \(all): \(names). \(rest)"
    }

    /// All containers of a server.
    static func onServer(_ page: DocumentPage, _ server: String) -> String {
        guard page.total > 0 else { return "No container is on '\(server)' now." }
        let running = page.items.count { $0["state"]?.string == "running" }
        let all = page.total == 1 ? "1 container" : "\(page.total) containers"
        let names = list(page.items.map { text($0["name"]) ?? "?" }, of: page.total)
        let isWhole = page.items.count == page.total
        return
            "On '\(server)' now: \(all)\(isWhole ? ", \(running) of them running" : ""): \(names)."
    }

    /// One container of a server.
    static func single(
        _ name: String, among page: DocumentPage, on server: String
    ) -> String? {
        guard let found = page.items.first(where: { $0["name"]?.string == name }) else {
            return page.items.count == page.total
                ? "No container of this name is on '\(server)' now." : nil
        }
        let image = text(found["image"]).map { " of the image \($0)" } ?? ""
        let project = text(found["project"]).map { ", part of the compose project \($0)" } ?? ""
        let state = text(found["state"]) ?? "in an unknown state"
        return "The container\(image) on '\(server)' is \(state) now\(project)."
    }

    /// The services of a stack, or those of them that were named.
    static func ofStack(_ stack: JSONObject, _ subject: ConfirmationSubject) -> String {
        let wanted = subject.services
        let services = (stack["services"]?.array ?? []).filter { service in
            wanted.isEmpty || service["name"]?.string.map(wanted.contains) ?? false
        }
        let place = host(stack)
        guard !services.isEmpty else { return "None of its services is known\(place) now." }
        let names = services.map { service in
            let name = text(service["name"]) ?? "?"
            let state = text(service["status"]) ?? text(service["state"])
            let details = [text(service["container"]), state].compactMap { $0 }
            return details.isEmpty ? name : "\(name) (\(details.joined(separator: ", ")))"
        }
        let all = services.count == 1 ? "1 service" : "\(services.count) services"
        return "It hits \(all)\(place): \(list(names, of: names.count))."
    }

    /// The container of a deployment.
    static func ofDeployment(_ deployment: JSONObject) -> String {
        let container =
            text(deployment["container_name"] ?? deployment["name"])
            .map { " '\($0)'" } ?? ""
        let image = text(deployment["image"]).map { " of the image \($0)" } ?? ""
        let state =
            text(deployment["state"]) ?? text(deployment["status"]) ?? "in an unknown state"
        return
            "It hits the container\(container)\(image)\(host(deployment)), which is \(state) now."
    }

    /// The clone of a repo.
    static func ofRepo(_ repo: JSONObject) -> String {
        let path = text(repo["path"]).map { " in \($0)" } ?? ""
        guard repo["cloned_commit"] != nil || repo["last_sync"] != nil else {
            return "No clone is known\(host(repo))\(path) now."
        }
        let commit = text(repo["cloned_commit"]).map { " at commit \($0)" } ?? ""
        return "The clone\(host(repo))\(path) is\(commit.isEmpty ? " there" : commit) now."
    }

    private static func host(_ document: JSONObject) -> String {
        let name = text(document["server_name"]) ?? text(document["swarm_name"])
        return (name ?? text(document["server_id"])).map { " on '\($0)'" } ?? ""
    }

    private static func list(_ names: [String], of total: Int) -> String {
        let shown = names.prefix(namesMax)
        let rest = total - shown.count
        return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }

    /// Komodo's text on one short line; nil when there is none.
    private static func text(_ value: JSONValue?) -> String? {
        guard let text = value?.string, !text.isEmpty else { return nil }
        return BoundedText.line(text, max: 100)
    }
}
