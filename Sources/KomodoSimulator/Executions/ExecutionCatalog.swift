/// Every execute request that the simulator plays.
enum ExecutionCatalog {
    /// The requests by their type.
    static let specs: [String: ExecutionSpec] = {
        let all = deployments + stacks + sources + runs + containers + allContainers + prunes
        return Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    }()

    /// The batch requests by their type.
    static let batches: [String: BatchSpec] = {
        let all = [
            BatchSpec(name: "BatchDeploy", single: "Deploy", kind: .deployment),
            BatchSpec(
                name: "BatchDestroyDeployment", single: "DestroyDeployment", kind: .deployment),
            BatchSpec(name: "BatchDeployStack", single: "DeployStack", kind: .stack),
            BatchSpec(
                name: "BatchDeployStackIfChanged", single: "DeployStackIfChanged", kind: .stack),
            BatchSpec(name: "BatchPullStack", single: "PullStack", kind: .stack),
            BatchSpec(name: "BatchDestroyStack", single: "DestroyStack", kind: .stack),
            BatchSpec(name: "BatchRunBuild", single: "RunBuild", kind: .build),
            BatchSpec(name: "BatchCloneRepo", single: "CloneRepo", kind: .repo),
            BatchSpec(name: "BatchPullRepo", single: "PullRepo", kind: .repo),
            // Core 2.3.2 clones where it should build.
            BatchSpec(name: "BatchBuildRepo", single: "CloneRepo", kind: .repo),
            BatchSpec(name: "BatchRunProcedure", single: "RunProcedure", kind: .procedure),
            BatchSpec(name: "BatchRunAction", single: "RunAction", kind: .action),
        ]
        return Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    }()

    /// The fields of a batch request.
    static let batchFields = [
        ParameterField(name: "pattern", kind: .string, need: .required),
        ParameterField(name: "tags", kind: .strings, need: .defaulted),
    ]

    private static func target(_ name: String) -> ParameterField {
        ParameterField(name: name, kind: .string, need: .required)
    }

    private static let services = ParameterField(name: "services", kind: .strings, need: .defaulted)
    private static let stopTime = ParameterField(name: "stop_time", kind: .integer, need: .optional)
    private static let ending = [
        ParameterField(name: "signal", kind: .signal, need: .optional),
        ParameterField(name: "time", kind: .integer, need: .optional),
    ]

    /// The verbs that act on a running container: request prefix, action state, duration.
    private static let verbs: [(name: String, state: String, duration: ClosedRange<Int>)] = [
        ("Start", "starting", 800...2_000), ("Restart", "restarting", 1_500...4_000),
        ("Pause", "pausing", 300...900), ("Unpause", "unpausing", 300...900),
        ("Stop", "stopping", 1_500...4_000), ("Destroy", "destroying", 1_500...4_000),
    ]

    private static var deployments: [ExecutionSpec] {
        let deploy = ExecutionSpec(
            name: "Deploy", kind: .deployment, field: "deployment",
            fields: [
                target("deployment"),
                ParameterField(name: "stop_signal", kind: .signal, need: .optional), stopTime,
            ], state: "deploying", duration: 4_000...9_000)
        let pull = ExecutionSpec(
            name: "PullDeployment", kind: .deployment, field: "deployment",
            fields: [target("deployment")], state: "pulling", duration: 2_000...6_000)
        return [deploy, pull]
            + verbs.map { verb in
                let ends = verb.name == "Stop" || verb.name == "Destroy"
                return ExecutionSpec(
                    name: verb.name + "Deployment", kind: .deployment, field: "deployment",
                    fields: [target("deployment")] + (ends ? ending : []), state: verb.state,
                    duration: verb.duration)
            }
    }

    private static var stacks: [ExecutionSpec] {
        func stack(
            _ name: String, _ state: String?, _ duration: ClosedRange<Int>,
            _ more: [ParameterField]
        ) -> ExecutionSpec {
            ExecutionSpec(
                name: name, kind: .stack, field: "stack", fields: [target("stack")] + more,
                state: state, duration: duration)
        }
        let orphans = ParameterField(name: "remove_orphans", kind: .bool, need: .defaulted)
        return [
            stack("DeployStack", "deploying", 6_000...15_000, [services, stopTime]),
            stack("DeployStackIfChanged", nil, 1_000...3_000, [stopTime]),
            stack("PullStack", "pulling", 3_000...8_000, [services]),
            stack(
                "RunStackService", nil, 2_000...5_000,
                [ParameterField(name: "service", kind: .string, need: .required)]),
        ]
            + verbs.map { verb in
                let more =
                    switch verb.name {
                    case "Stop": [services, stopTime]
                    case "Destroy": [services, orphans, stopTime]
                    default: [services]
                    }
                return stack(verb.name + "Stack", verb.state, verb.duration, more)
            }
    }

    private static func single(
        _ name: String, _ kind: ResourceKind, _ field: String, _ state: String?,
        _ duration: ClosedRange<Int>, _ more: [ParameterField] = [], needsTwoThree: Bool = false
    ) -> ExecutionSpec {
        ExecutionSpec(
            name: name, kind: kind, field: field, fields: [target(field)] + more, state: state,
            duration: duration, needsTwoThree: needsTwoThree)
    }

    private static var sources: [ExecutionSpec] {
        [
            single("RunBuild", .build, "build", "building", 15_000...30_000),
            single("CancelBuild", .build, "build", nil, 200...500),
            single("CloneRepo", .repo, "repo", "cloning", 2_000...5_000),
            single("PullRepo", .repo, "repo", "pulling", 1_000...3_000),
            single("BuildRepo", .repo, "repo", "building", 8_000...16_000),
            single("CancelRepoBuild", .repo, "repo", nil, 200...500),
            single(
                "RunSync", .resourceSync, "sync", "syncing", 3_000...8_000,
                [
                    ParameterField(name: "resource_type", kind: .string, need: .optional),
                    ParameterField(name: "resources", kind: .strings, need: .optional),
                ]),
        ]
    }

    private static var runs: [ExecutionSpec] {
        let updateID = ParameterField(name: "update_id", kind: .string, need: .optional)
        let arguments = ParameterField(name: "args", kind: .object, need: .optional)
        return [
            single("RunProcedure", .procedure, "procedure", "running", 500...1_000),
            single(
                "CancelProcedure", .procedure, "procedure", nil, 0...0, [updateID],
                needsTwoThree: true),
            single("RunAction", .action, "action", "running", 2_000...6_000, [arguments]),
            single("CancelAction", .action, "action", nil, 0...0, [updateID], needsTwoThree: true),
        ]
    }

    private static var containers: [ExecutionSpec] {
        verbs.map { verb in
            let ends = verb.name == "Stop" || verb.name == "Destroy"
            let container = ParameterField(name: "container", kind: .string, need: .required)
            return single(
                verb.name + "Container", .server, "server", verb.state + "_containers",
                verb.duration, [container] + (ends ? ending : []))
        }
    }

    private static var allContainers: [ExecutionSpec] {
        verbs.filter { $0.name != "Destroy" }.map { verb in
            single(
                verb.name + "AllContainers", .server, "server", verb.state + "_containers",
                4_000...10_000)
        }
    }

    private static var prunes: [ExecutionSpec] {
        [
            ("Containers", "containers"), ("Networks", "networks"), ("Images", "images"),
            ("Volumes", "volumes"), ("DockerBuilders", "builders"), ("Buildx", "buildx"),
            ("System", "system"),
        ].map {
            single("Prune" + $0.0, .server, "server", "pruning_" + $0.1, 2_000...6_000)
        }
    }
}
