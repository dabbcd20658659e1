import JSON

/// Documents as the clients of Komodo give them, with every field that either interface has.
enum ReadDocuments {
    static let id = "67a1b2c3d4e5f60718293a4b"
    static let moment = "2026-01-26T15:30:00Z"

    static let common: JSONObject = [
        "id": .string(id), "name": "my-app", "description": "what it is for", "state": "Running",
        "tags": ["production"], "createdAt": .string(moment), "updatedAt": .string(moment),
        "is_template": true, "unavailable": ["metrics: unreachable"],
    ]
    static let host: JSONObject = ["server_id": .string(id), "server_name": "prod-1"]
    static let serverMetrics: JSONObject = [
        "cpu_usage": "45%", "cpu_usage_percent": 45, "memory_usage": "2.1GB / 4GB",
        "memory_used_gb": .number("2.1"), "memory_total_gb": 4, "memory_usage_percent": 52,
        "disk_usage": "45GB / 100GB", "disk_used_gb": 45, "disk_total_gb": 100,
        "disk_usage_percent": 45, "network_in": "1.2MB/s",
        "network_in_bytes_per_second": 1_200_000, "network_out": "0.8MB/s",
        "network_out_bytes_per_second": 800_000, "uptime": "15d 4h",
        "load_average": ["one": .number("0.5"), "five": 1, "fifteen": 2],
        "measured_at": .string(moment),
    ]
    static let containerMetrics: JSONObject = [
        "cpu_usage": "35%", "cpu_usage_percent": 35, "memory_usage": "512MiB / 1GiB",
        "memory_usage_percent": 50, "network_received": "1.2kB", "network_sent": "1kB",
        "block_read": "1kB", "block_written": "2kB", "processes": 7, "uptime": "6 days",
        "network_in": "1MB/s", "network_out": "1MB/s",
    ]
    static let run: JSONObject = [
        "execution_id": .string(id), "status": "success", "started_at": .string(moment),
        "completed_at": .string(moment), "duration": "2m 34s", "duration_ms": 154_000,
        "operator": "anna",
    ]
    static let schedule: JSONObject = [
        "schedule": "0 2 * * *", "schedule_format": "Cron", "schedule_enabled": true,
        "schedule_timezone": "Etc/UTC", "schedule_error": "none", "webhook_enabled": true,
        "next_run_at": .string(moment), "enabled": true,
    ]

    static let server = joined(
        common,
        with: [
            "status": "running", "host": "192.168.1.100", "port": 8120,
            "address": "https://192.168.1.100:8120", "external_address": "x",
            "public_ip": "1.2.3.4",
            "region": "eu", "provider": "aws", "version": "2.1.0", "error": "none",
            "enabled": true, "metrics": .object(serverMetrics),
        ])
    static let serverDetail = joined(
        server,
        with: [
            "config": [
                "memory": "4GB", "cpu": "4 cores", "disk": "100GB", "os": "Debian", "cores": 4,
                "kernel": "6", "hostname": "prod", "cpu_brand": "x", "cpu_arch": "arm64",
                "memory_gb": 4, "disk_gb": .number("99.5"),
            ], "deployments": [.string(id)], "alerts": [.object(alert)],
        ])
    static let deployment = joined(
        common, host,
        with: [
            "status": "running", "image": "shop:v2", "tag": "v2", "build_id": .string(id),
            "status_text": "Up 3 hours", "update_available": false, "ports": ["8080:80"],
            "volumes": ["/data:/app/data"], "env": ["NODE_ENV": "production"],
            "network": "web", "restart_policy": "unless-stopped", "labels": ["team": "shop"],
            "command": "run", "auto_update": false, "redeploy_on_build": true,
            "lastDeployedAt": .string(moment), "health_check": ["enabled": true],
        ])
    static let deploymentDetail = joined(
        deployment,
        with: [
            "container_id": "abc", "container_name": "my-app",
            "metrics": .object(containerMetrics),
            "health": [
                "status": "healthy", "last_check": .string(moment), "checks_passed": 1,
                "checks_failed": 0,
            ], "logs": "ready\n",
            "deployment_history": [
                [
                    "version": "v2", "deployed_at": .string(moment), "deployed_by": "anna",
                    "status": "success", "execution_id": .string(id),
                    "completed_at": .string(moment), "duration": "2s", "duration_ms": 2_000,
                ]
            ],
        ])
    static let stack = joined(
        common, host,
        with: [
            "status": "active", "services": ["grafana"], "service_count": 1,
            "running_services": 1, "compose_file": "compose.yaml", "status_text": "running(1)",
            "source": "git", "repository": "a/b", "branch": "main", "provider": "github.com",
            "repo_id": .string(id), "repo_name": "infra", "deployed_commit": "abc",
            "latest_commit": "abd", "update_available": true, "missing_files": ["x.yaml"],
        ])
    static let stackDetail = joined(
        stack,
        with: [
            "services": [
                [
                    "name": "grafana", "status": "running", "state": "running", "image": "g",
                    "ports": ["3000:3000"], "replicas": 1, "container": "g-1",
                    "status_text": "Up", "update_available": true,
                ]
            ], "networks": ["web"], "volumes": ["data"],
            "compose_content": "services:\n  grafana:\n    image: g\n",
            "compose_files": [["path": "a.yaml", "content": "services: {}\n"]],
            "env": ["A": "b"], "deployed_message": "one", "latest_message": "two",
        ])
    static let build = joined(
        common,
        with: [
            "status": "success", "tags": ["latest"], "resource_tags": ["x"],
            "repo_id": .string(id), "repo_name": "b", "repository": "a/b",
            "provider": "github.com", "branch": "main", "commit": "abc", "latest_commit": "abd",
            "version": "1.2.3", "dockerfile": "Dockerfile", "build_context": ".",
            "image_registry": "r.example", "image_name": "shop", "builder_id": .string(id),
            "last_build_at": .string(moment), "last_build_duration": "3m",
            "last_build_duration_ms": 180_000,
        ])
    static let buildDetail = joined(
        build,
        with: [
            "build_args": ["APP_ENV": "production"], "cache_enabled": true,
            "commit_message": "one", "latest_commit_message": "two",
            "build_history": [
                .object(
                    joined(
                        run,
                        with: [
                            "version": "1", "commit": "abc", "triggered_by": "anna",
                            "branch": "main", "image_size": "1MB", "build_number": 42,
                        ]))
            ],
        ])
    static let repo = joined(
        common, host,
        with: [
            "provider": "github", "provider_host": "github.com", "repository": "a/b",
            "url": "https://github.com/a/b", "branch": "main", "commit": "abc",
            "builder_id": .string(id), "path": "/x", "last_sync": .string(moment),
            "last_build_at": .string(moment), "webhook_enabled": true, "builds": [.string(id)],
            "cloned_commit": "abc", "latest_commit": "abd", "status": "connected",
            "webhook_configured": true,
        ])
    static let repoDetail = joined(
        repo,
        with: [
            "credentials": ["type": "access_token", "configured": true, "account": "bot"],
            "webhook": ["enabled": true, "url": "https://k.example/x", "events": ["push"]],
            "env": ["A": "b"],
            "recent_commits": [
                [
                    "sha": "abc", "message": "fix", "branch": "main", "author": "Anna",
                    "timestamp": .string(moment),
                ]
            ],
        ])
    static let procedure = joined(
        common, schedule,
        with: [
            "trigger": "scheduled", "steps": 2, "last_execution": .object(run),
        ])
    static let procedureDetail = joined(
        procedure,
        with: [
            "steps": [
                [
                    "order": 1, "stage": "one", "type": "execute_action",
                    "operation": "RunAction", "enabled": true, "action_id": "report",
                    "config": ["args": "{}"],
                ], ["order": 2, "type": "wait", "duration": "30s", "duration_ms": 30_000],
            ], "variables": ["BACKUP_PATH": "/data"],
            "execution_history": [
                .object(joined(run, with: ["steps_completed": 2, "steps_failed": 0]))
            ],
        ])
    static let action = joined(
        common, schedule,
        with: [
            "type": "script", "script": "/x.sh", "timeout": "300s",
            "last_execution": .object(joined(run, with: ["executed_at": .string(moment)])),
        ])
    static let actionDetail = joined(
        action,
        with: [
            "config": [
                "script": "console.log(1)", "arguments": ["a": "b"],
                "arguments_format": "key_value", "run_at_startup": false,
                "working_directory": "/x", "timeout": "300s", "environment": ["A": "b"],
            ],
            "execution_history": [
                .object(joined(run, with: ["output": "done\n", "exit_code": 0]))
            ],
        ])
    static let alert: JSONObject = [
        "id": .string(id), "title": "prod-1 is unreachable", "severity": "critical",
        "level": "CRITICAL", "alert_type": "ServerUnreachable", "resource_type": "server",
        "resource_id": .string(id), "resource_name": "prod-1", "message": "no answer",
        "resolved": true, "triggered_at": .string(moment), "resolved_at": .string(moment),
        "last_updated": .string(moment),
        "metrics": [
            "cpu_usage": "95%", "cpu_usage_percent": 95, "mount": "/", "threshold": "90%",
            "duration": "15m", "peak": "98%", "disk_used_gb": 1,
        ],
    ]
    static let alertDetail = joined(
        alert,
        with: [
            "description": "long", "timeline": [["timestamp": .string(moment), "event": "began"]],
            "suggested_actions": ["look"], "related_alerts": [], "notification_sent": true,
            "notified_users": ["anna"],
        ])
    static let update: JSONObject = [
        "id": .string(id), "operation": "Deploy", "status": "success", "state": "Complete",
        "started_at": .string(moment), "operator": "anna", "operator_id": .string(id),
        "resource_type": "deployment", "resource_id": .string(id), "resource_name": "my-app",
        "version": "v2",
    ]
    static let updateDetail = joined(
        update,
        with: [
            "completed_at": .string(moment), "duration": "2s", "duration_ms": 2_000,
            "commit": "abc",
            "logs": [
                [
                    "stage": "Deploy", "command": "docker run", "stdout": "ok\n", "stderr": "",
                    "success": true, "started_at": .string(moment),
                    "completed_at": .string(moment),
                ]
            ],
        ])
    static let container = joined(
        host,
        with: [
            "id": "abc", "name": "redis-1", "image": "redis:7", "state": "running",
            "status_text": "Up", "health": "healthy", "created_at": .string(moment),
            "ports": ["53:53/udp"], "networks": ["web"], "volumes": ["data"], "project": "shop",
            "service": "redis", "metrics": .object(containerMetrics),
        ])
    static let stats = joined(
        host, serverMetrics,
        with: [
            "memory_free_gb": 1, "swap_used_gb": 0, "swap_total_gb": 2, "polling_rate": "5-sec",
            "disks": [
                [
                    "mount": "/", "file_system": "ext4", "usage": "45GB / 100GB", "used_gb": 45,
                    "total_gb": 100,
                ]
            ],
        ])

    /// The members of all, the last one's first.
    static func joined(_ objects: JSONObject..., with last: JSONObject) -> JSONObject {
        var result = JSONObject()
        for object in objects + [last] {
            for member in object.members { result[member.key] = member.value }
        }
        return result
    }
}
