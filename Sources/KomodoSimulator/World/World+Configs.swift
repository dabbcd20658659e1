internal import JSON

extension World {
    /// The `config` of the full form.
    func config(_ resource: WorldResource, version: CoreVersion) -> JSONValue {
        var config: JSONObject =
            switch resource.kind {
            case .server: serverConfig(resource, version: version)
            case .deployment: deploymentConfig(resource, version: version)
            case .stack: stackConfig(resource, version: version)
            case .build: buildConfig(resource)
            case .repo: repoConfig(resource)
            case .procedure: scheduleConfig(resource, ["stages": stages(resource)])
            case .action: actionConfig(resource)
            case .resourceSync: syncConfig()
            case .system, .builder: [:]
            }
        guard [.stack, .build, .repo, .resourceSync].contains(resource.kind) else {
            return .object(config)
        }
        config["git_provider"] = .string(resource.gitProvider)
        config["git_https"] = true
        config["git_account"] = .string(resource.gitAccount)
        config["repo"] = .string(resource.repository)
        config["branch"] = "main"
        config["commit"] = ""
        config["webhook_enabled"] = true
        config["webhook_secret"] = .string(Self.secret("webhook", of: resource))
        return .object(config)
    }

    /// A value that Core shows to everybody who may read the resource, and that nobody else should.
    private static func secret(_ kind: String, of resource: WorldResource) -> String {
        "simulated-\(resource.name)-\(kind)-secret"
    }

    private func serverConfig(_ server: WorldResource, version: CoreVersion) -> JSONObject {
        var config: JSONObject = [
            "address": .string("https://\(server.name).example.com:8120"),
            "external_address": "", "region": "eu-central",
            "enabled": .bool(server.state != "Disabled"),
            "passkey": .string(Self.secret("passkey", of: server)), "ignore_mounts": [],
            "auto_prune": true, "links": [], "stats_monitoring": true,
            "send_unreachable_alerts": true, "send_cpu_alerts": true, "send_mem_alerts": true,
            "send_disk_alerts": true, "send_version_mismatch_alerts": true, "cpu_warning": 90,
            "cpu_critical": 99, "mem_warning": 75, "mem_critical": 95, "disk_warning": 75,
            "disk_critical": 95, "maintenance_windows": [],
        ]
        if version.isTwo {
            config["insecure_tls"] = true
            config["auto_rotate_keys"] = true
        } else {
            config["timeout_seconds"] = 3
        }
        return config
    }

    private func deploymentConfig(_ item: WorldResource, version: CoreVersion) -> JSONObject {
        let image: JSONValue =
            item.buildID.isEmpty
            ? ["type": "Image", "params": ["image": .string(item.image)]]
            : [
                "type": "Build",
                "params": [
                    "build_id": .string(item.buildID),
                    "version": ["major": 0, "minor": 0, "patch": 0],
                ],
            ]
        var config: JSONObject = [
            "server_id": .string(item.serverID), "image": image, "image_registry_account": "",
            "skip_secret_interp": false, "redeploy_on_build": false, "poll_for_updates": false,
            "auto_update": false, "send_alerts": true, "links": [], "network": "bridge",
            "restart": "unless-stopped", "command": "", "termination_signal": "SIGTERM",
            "termination_timeout": 10, "extra_args": [], "term_signal_labels": "",
            "ports": "8080:80\n8443:443\n", "volumes": .string("/data/\(item.name):/app/data\n"),
            "labels": "traefik.enable=true\n",
            "environment": .string(
                "APP=\(item.name)\nDB_PASSWORD=simulated-\(item.name)-password\n"),
        ]
        if version.isTwo {
            config["swarm_id"] = ""
            config["replicas"] = 1
        }
        if version.isTwoThree { config["custom_name"] = "" }
        return config
    }

    private func stackConfig(_ stack: WorldResource, version: CoreVersion) -> JSONObject {
        var config: JSONObject = [
            "server_id": .string(stack.serverID), "links": [], "project_name": "",
            "auto_pull": true, "run_build": false, "poll_for_updates": false, "auto_update": false,
            "auto_update_all_services": false, "destroy_before_deploy": false,
            "skip_secret_interp": false, "linked_repo": "", "clone_path": "", "reclone": false,
            "webhook_force_deploy": false, "files_on_host": false, "run_directory": "",
            "file_paths": [], "env_file_path": ".env", "additional_env_files": [],
            "config_files": [], "send_alerts": true, "registry_provider": "",
            "registry_account": "", "pre_deploy": Self.noCommand, "post_deploy": Self.noCommand,
            "extra_args": [], "build_extra_args": [], "ignore_services": [],
            "file_contents": .string(stack.isWrittenInUI ? compose(stack) : ""),
            "environment": .string(
                "STACK=\(stack.name)\nDB_PASSWORD=simulated-\(stack.name)-password\n"),
        ]
        if version.isTwo {
            config["swarm_id"] = ""
            config["auto_update_skip_services"] = []
            config["compose_cmd_wrapper"] = ""
            config["compose_cmd_wrapper_include"] = ["config", "build", "pull", "up", "run"]
        }
        return config
    }

    private func buildConfig(_ build: WorldResource) -> JSONObject {
        [
            "builder_id": .string(build.builderID), "version": build.version.json,
            "auto_increment_version": true, "image_name": "", "image_tag": "",
            "include_latest_tag": true, "include_version_tags": true, "include_commit_tag": true,
            "links": [], "linked_repo": .string(build.linkedRepoID), "files_on_host": false,
            "build_path": ".",
            "dockerfile_path": "Dockerfile",
            "image_registry": [
                ["domain": "registry.example.com", "account": "", "organization": ""]
            ],
            "skip_secret_interp": false, "use_buildx": false, "extra_args": [],
            "pre_build": Self.noCommand, "dockerfile": "",
            "build_args": "NODE_VERSION=20\nAPP_ENV=production\n",
            "secret_args": .string("NPM_TOKEN=\(Self.secret("args", of: build))\n"),
            "labels": "",
        ]
    }

    private func repoConfig(_ repo: WorldResource) -> JSONObject {
        [
            "server_id": .string(repo.serverID), "builder_id": .string(repo.builderID), "path": "",
            "on_clone": Self.noCommand, "on_pull": Self.noCommand, "links": [],
            "environment": "", "env_file_path": ".env", "skip_secret_interp": false,
        ]
    }

    private func scheduleConfig(_ item: WorldResource, _ own: JSONObject) -> JSONObject {
        var config = own
        config["schedule_format"] = item.schedule.isEmpty ? "English" : "Cron"
        config["schedule"] = .string(item.schedule)
        config["schedule_enabled"] = true
        config["schedule_timezone"] = ""
        config["schedule_alert"] = true
        config["failure_alert"] = true
        config["webhook_enabled"] = .bool(item.acceptsWebhooks)
        config["webhook_secret"] = .string(Self.secret("webhook", of: item))
        return config
    }

    private func actionConfig(_ action: WorldResource) -> JSONObject {
        scheduleConfig(
            action,
            [
                "run_at_startup": false, "reload_deno_deps": false,
                "file_contents": .string("console.log('\(action.name)', ARGS);"),
                "arguments_format": "key_value",
                "arguments": .string(
                    "TARGET=production\nAPI_TOKEN=\(Self.secret("args", of: action))\n"),
            ])
    }

    private func syncConfig() -> JSONObject {
        [
            "linked_repo": "", "files_on_host": false, "resource_path": ["resources.toml"],
            "managed": false, "delete": false, "include_resources": true, "match_tags": [],
            "include_variables": false, "include_user_groups": false, "pending_alert": true,
            "file_contents": "",
        ]
    }

    private func stages(_ procedure: WorldResource) -> JSONValue {
        .array(
            procedure.stages.map { stage in
                let executions: [JSONValue] = stage.executions.map {
                    var params: JSONObject = [:]
                    params[$0.field] = .string($0.name)
                    return [
                        "execution": ["type": .string($0.type), "params": .object(params)],
                        "enabled": true,
                    ]
                }
                return [
                    "name": .string(stage.name), "enabled": true, "executions": .array(executions),
                ]
            })
    }

    private static let noCommand: JSONValue = ["path": "", "command": ""]
}
