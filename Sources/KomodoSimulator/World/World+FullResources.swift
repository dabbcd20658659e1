internal import JSON

extension World {
    /// The full form of a resource, as `Get…` and `ListFull…` answer.
    func fullResource(_ resource: WorldResource, version: CoreVersion) -> JSONValue {
        [
            "_id": ["$oid": .string(resource.id)], "name": .string(resource.name),
            "description": .string(resource.summary), "template": false,
            "tags": .array(resource.tags.map { .string($0) }),
            "info": fullInfo(resource, version: version),
            "config": config(resource, version: version),
            "base_permission": ["level": "None", "specific": []],
            "updated_at": .int(Self.createdAt),
        ]
    }

    /// When the world was made, in milliseconds since 1970.
    static let createdAt: Int64 = 1_767_225_600_000

    private func fullInfo(_ resource: WorldResource, version: CoreVersion) -> JSONValue {
        switch resource.kind {
        case .deployment where !version.isTwo, .server where !version.isTwo: .null
        case .deployment where !version.isTwoThree: ["latest_image_digest": ""]
        case .deployment: ["latest_image_digest": "", "deployed_name": .string(resource.name)]
        case .stack: fullStackInfo(resource)
        case .build:
            [
                "last_built_at": .int(resource.lastRunAt),
                "built_hash": .string(resource.commitHash), "built_message": "Update the code",
                "latest_hash": .string(resource.commitHash), "latest_message": "Update the code",
            ]
        case .repo:
            [
                "last_pulled_at": .int(resource.lastRunAt), "last_built_at": 0,
                "latest_hash": .string(resource.commitHash), "latest_message": "Update the code",
            ]
        case .resourceSync:
            [
                "last_sync_ts": .int(resource.lastRunAt),
                "last_sync_hash": .string(resource.commitHash), "resource_updates": [],
                "variable_updates": [], "user_group_updates": [], "remote_contents": [],
                "remote_errors": [],
            ]
        case .server: ["attempted_public_key": "", "public_key": ""]
        case .action, .procedure, .system, .builder: .null
        }
    }

    private func fullStackInfo(_ stack: WorldResource) -> JSONValue {
        // What Core deployed has the secrets filled in.
        let deployed =
            "\(Self.compose(stack, revision: stack.commitHash))# simulated-\(stack.name)-filled-in\n"
        let latest = Self.compose(stack, revision: latestHash(stack))
        let names: [JSONValue] = stack.services.map {
            [
                "service_name": .string($0.name),
                "container_name": .string("\(stack.name)-\($0.name)-1"),
                "image": .string($0.image),
            ]
        }
        return [
            "missing_files": [], "deployed_project_name": .string(stack.name),
            "deployed_hash": .string(stack.commitHash), "deployed_message": "Update the stack",
            "deployed_contents": [["path": "compose.yaml", "contents": .string(deployed)]],
            "deployed_services": .array(names), "deployed_config": .string(deployed),
            "latest_services": .array(names),
            "remote_contents": [
                [
                    "path": "compose.yaml", "contents": .string(latest), "services": [],
                    "requires": "Redeploy",
                ]
            ],
            "remote_errors": [], "latest_hash": .string(latestHash(stack)),
            "latest_message": "Update the stack",
        ]
    }

    /// The compose file of a stack that is written in the user interface.
    func compose(_ stack: WorldResource) -> String {
        Self.compose(stack, revision: "ui")
    }

    private static func compose(_ stack: WorldResource, revision: String) -> String {
        stack.services.reduce("# revision \(revision)\nservices:\n") {
            $0 + "  \($1.name):\n    image: \($1.image)\n"
        }
    }
}
