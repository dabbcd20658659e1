internal import JSON

extension World {
    /// The list item of a resource: the envelope and its `info`.
    func listItem(_ resource: WorldResource, version: CoreVersion) -> JSONValue {
        [
            "id": .string(resource.id), "type": .string(resource.kind.rawValue),
            "name": .string(resource.name), "template": false,
            "tags": .array(resource.tags.map { .string($0) }),
            "info": .object(info(resource, version: version)),
        ]
    }

    private func info(_ resource: WorldResource, version: CoreVersion) -> JSONObject {
        switch resource.kind {
        case .server: serverInfo(resource, version: version)
        case .deployment: deploymentInfo(resource, version: version)
        case .stack: stackInfo(resource, version: version)
        case .build: buildInfo(resource, version: version)
        case .repo: repoInfo(resource, version: version)
        case .procedure, .action: runInfo(resource)
        case .resourceSync: syncInfo(resource, version: version)
        case .system, .builder: [:]
        }
    }

    private func serverInfo(_ server: WorldResource, version: CoreVersion) -> JSONObject {
        let address = "https://\(server.name).example.com:8120"
        var info: JSONObject = [
            "state": .string(server.state), "region": "eu-central", "address": .string(address),
            "external_address": "", "send_unreachable_alerts": true, "send_cpu_alerts": true,
            "send_mem_alerts": true, "send_disk_alerts": true,
            "send_version_mismatch_alerts": true, "terminals_disabled": false,
            "version": .string(server.state == "Ok" ? version.description : "unknown"),
        ]
        guard version.isTwo else {
            info["container_exec_disabled"] = false
            return info
        }
        info["container_terminals_disabled"] = false
        info["public_ip"] = "203.0.113.7"
        info["public_key"] = .string("MCowBQYDK2VuAyEA" + SeededRandom.hex(server.id, digits: 40))
        if server.state == "NotOk" {
            info["err"] = ["error": "Server is not connected", "trace": ["connection refused"]]
        }
        if version.isTwoThree {
            info["core_count"] = 2
            info["logical_core_count"] = 4
            if server.state == "Ok" { info["stats"] = minimalStats(version) }
            info["alerting_thresholds"] = [
                "cpu_warning": 90, "cpu_critical": 99, "mem_warning": 75, "mem_critical": 95,
                "disk_warning": 75, "disk_critical": 95,
            ]
        }
        return info
    }

    private func deploymentInfo(_ item: WorldResource, version: CoreVersion) -> JSONObject {
        var info: JSONObject = [
            "state": .string(visibleState(item, version: version)),
            "status": .string(Self.status(item.state)), "image": .string(imageName(item)),
            "update_available": false, "server_id": .string(item.serverID),
            "build_id": item.buildID.isEmpty ? .null : .string(item.buildID),
        ]
        if version.isTwo { info["swarm_id"] = "" }
        if version.isTwoThree {
            info["custom_name"] = ""
            info["server_name"] = .string(self[item.serverID]?.name ?? "")
        }
        return info
    }

    private func stackInfo(_ stack: WorldResource, version: CoreVersion) -> JSONObject {
        var info: JSONObject = [
            "server_id": .string(stack.serverID), "files_on_host": false,
            "file_contents": .bool(stack.isWrittenInUI),
            "project_missing": false, "missing_files": [],
            "state": .string(stack.state),
            "status": stack.state == "down" || stack.state == "unknown"
                ? .null : .string("\(stack.state)(\(stack.services.count))"),
            "deployed_hash": .string(stack.commitHash), "latest_hash": .string(latestHash(stack)),
        ]
        addSource(of: stack, to: &info, version: version)
        info["services"] = .array(
            stack.services.map {
                [
                    "service": .string($0.name), "image": .string($0.image),
                    "update_available": false,
                ]
            })
        if version.isTwo { info["swarm_id"] = "" }
        if version.isTwoThree {
            info["server_name"] = .string(self[stack.serverID]?.name ?? "")
            info["auto_update_all_services"] = false
        }
        return info
    }

    private func buildInfo(_ build: WorldResource, version: CoreVersion) -> JSONObject {
        var info: JSONObject = [
            "state": .string(build.state), "last_built_at": .int(build.lastRunAt),
            "version": build.version.json, "builder_id": .string(build.builderID),
            "files_on_host": false, "dockerfile_contents": false,
            "built_hash": .string(build.commitHash), "latest_hash": .string(build.commitHash),
            "image_registry_domain": "registry.example.com",
        ]
        addSource(of: build, to: &info, version: version)
        return info
    }

    private func repoInfo(_ repo: WorldResource, version: CoreVersion) -> JSONObject {
        var info: JSONObject = [
            "server_id": .string(repo.serverID), "builder_id": .string(repo.builderID),
            "last_pulled_at": .int(repo.lastRunAt), "last_built_at": 0,
            "state": .string(repo.state), "cloned_hash": .string(repo.commitHash),
            "cloned_message": "Update the configuration", "latest_hash": .string(repo.commitHash),
            "built_hash": .null,
        ]
        addSource(of: repo, to: &info, version: version)
        info["linked_repo"] = nil
        info["linked_repo_name"] = nil
        if version.isTwoThree { info["server_name"] = .string(self[repo.serverID]?.name ?? "") }
        return info
    }

    private func runInfo(_ item: WorldResource) -> JSONObject {
        var info: JSONObject = ["state": .string(item.state)]
        if item.kind == .procedure { info["stages"] = .int(item.stages.count) }
        info["last_run_at"] = item.lastRunAt == 0 ? .null : .int(item.lastRunAt)
        info["next_scheduled_run"] =
            item.schedule.isEmpty ? .null : .int(Self.createdAt + 86_400_000)
        info["schedule_error"] = .null
        return info
    }

    private func syncInfo(_ sync: WorldResource, version: CoreVersion) -> JSONObject {
        var info: JSONObject = [
            "last_sync_ts": .int(sync.lastRunAt), "files_on_host": false, "file_contents": false,
            "managed": false, "resource_path": ["resources.toml"], "state": .string(sync.state),
            "last_sync_hash": .string(sync.commitHash),
            "last_sync_message": "Update the configuration",
        ]
        addSource(of: sync, to: &info, version: version)
        return info
    }

    private func addSource(
        of resource: WorldResource, to info: inout JSONObject, version: CoreVersion
    ) {
        let linked = self[resource.linkedRepoID]
        let source = linked ?? resource
        info["linked_repo"] = .string(resource.linkedRepoID)
        if version.isTwoThree { info["linked_repo_name"] = .string(linked?.name ?? "") }
        info["git_provider"] = .string(source.gitProvider)
        info["repo"] = .string(source.repository)
        info["branch"] = "main"
        info["repo_link"] = .string(
            source.repository.isEmpty ? "" : "https://\(source.gitProvider)/\(source.repository)")
    }

    /// The hash that the repository of a stack has now: a new one after each run and refresh of a
    /// stack that changes.
    func latestHash(_ stack: WorldResource) -> String {
        guard stack.behaviour.change != .none else { return stack.commitHash }
        return SeededRandom.hex("\(stack.name)/\(stack.runs)", digits: 7)
    }

    /// The image that a deployment runs, with the version of its build.
    func imageName(_ item: WorldResource) -> String {
        guard let build = self[item.buildID] else { return item.image }
        return "\(item.image):\(build.version.text)"
    }

    /// The state that this version knows; `unhealthy` and `stopping` came with 2.0.
    func visibleState(_ item: WorldResource, version: CoreVersion) -> String {
        guard !version.isTwo, item.kind == .deployment else { return item.state }
        switch item.state {
        case "unhealthy": return "running"
        case "stopping": return "exited"
        default: return item.state
        }
    }

    /// Docker's words for a state.
    static func status(_ state: String) -> String {
        switch state {
        case "running": "Up 3 hours"
        case "unhealthy": "Up 2 minutes (unhealthy)"
        case "paused": "Up 3 hours (Paused)"
        case "exited": "Exited (0) 2 hours ago"
        case "not_deployed": ""
        default: state
        }
    }
}
