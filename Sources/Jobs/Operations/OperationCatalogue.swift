/// The facts behind each operation, from Komodo 2.3 (`client/core/rs/src/api/execute`).
enum OperationCatalogue {
    /// The spec of `operation`.
    static func spec(of operation: JobOperation) -> OperationSpec {
        specs[operation] ?? make(operation)
    }

    private static let specs: [JobOperation: OperationSpec] = Dictionary(
        uniqueKeysWithValues: JobOperation.allCases.map { ($0, make($0)) })

    private static func make(_ operation: JobOperation) -> OperationSpec {
        switch operation {
        case .deploy:
            entry(.deployment, "Deploy", "deployment", parameters: [stopSignal, stopTime])
        case .build:
            entry(.build, "RunBuild", "build", aliases: ["run-build"], cancelledBy: .cancelBuild)
        case .startServer:
            entry(.server, "StartAllContainers", "server", aliases: ["start-all-containers"])
        case .stopServer:
            entry(
                .server, "StopAllContainers", "server", aliases: ["stop-all-containers"],
                tier: .destroy)
        case .restartServer:
            entry(
                .server, "RestartAllContainers", "server", aliases: ["restart-all-containers"],
                tier: .destroy)
        case .runProcedure:
            entry(
                .procedure, "RunProcedure", "procedure", aliases: ["procedure"], resend: .ask,
                cancelledBy: .cancelProcedure)
        case .triggerAction:
            entry(
                .action, "RunAction", "action", aliases: ["run-action", "action"], resend: .ask,
                cancelledBy: .cancelAction, parameters: [args])
        case .pullRepo: entry(.repo, "PullRepo", "repo", aliases: ["pull"])
        case .cloneRepo: entry(.repo, "CloneRepo", "repo", aliases: ["clone"], tier: .destroy)
        case .startDeployment: entry(.deployment, "StartDeployment", "deployment")
        case .stopDeployment:
            entry(
                .deployment, "StopDeployment", "deployment", tier: .destroy,
                parameters: [signal, time])
        case .restartDeployment:
            entry(.deployment, "RestartDeployment", "deployment", tier: .destroy)
        case .pauseDeployment: entry(.deployment, "PauseDeployment", "deployment")
        case .unpauseDeployment: entry(.deployment, "UnpauseDeployment", "deployment")
        case .pullDeployment: entry(.deployment, "PullDeployment", "deployment")
        case .destroyDeployment:
            entry(
                .deployment, "DestroyDeployment", "deployment", tier: .destroy,
                parameters: [signal, time])
        case .deployStack:
            entry(
                .stack, "DeployStack", "stack", aliases: ["stack"],
                parameters: [services, stopTime])
        case .deployStackIfChanged:
            entry(.stack, "DeployStackIfChanged", "stack", resend: .ask, parameters: [stopTime])
        case .startStack: entry(.stack, "StartStack", "stack", parameters: [services])
        case .stopStack:
            entry(.stack, "StopStack", "stack", tier: .destroy, parameters: [services, stopTime])
        case .restartStack:
            entry(.stack, "RestartStack", "stack", tier: .destroy, parameters: [services])
        case .pauseStack: entry(.stack, "PauseStack", "stack", parameters: [services])
        case .unpauseStack: entry(.stack, "UnpauseStack", "stack", parameters: [services])
        case .pullStack: entry(.stack, "PullStack", "stack", parameters: [services])
        case .destroyStack:
            entry(
                .stack, "DestroyStack", "stack", tier: .destroy,
                parameters: [services, removeOrphans, stopTime])
        case .startContainer: entry(.server, "StartContainer", "server", parameters: [container])
        case .stopContainer:
            entry(
                .server, "StopContainer", "server", tier: .destroy,
                parameters: [container, signal, time])
        case .restartContainer:
            entry(
                .server, "RestartContainer", "server", tier: .destroy, parameters: [container])
        case .destroyContainer:
            entry(
                .server, "DestroyContainer", "server", tier: .destroy,
                parameters: [container, signal, time])
        case .runSync:
            entry(
                .resourceSync, "RunSync", "sync", aliases: ["sync"], resend: .ask,
                parameters: [resourceType, resources])
        case .buildRepo:
            entry(.repo, "BuildRepo", "repo", resend: .ask, cancelledBy: .cancelRepoBuild)
        case .cancelBuild: entry(.build, "CancelBuild", "build")
        case .cancelRepoBuild: entry(.repo, "CancelRepoBuild", "repo")
        case .cancelProcedure:
            entry(.procedure, "CancelProcedure", "procedure", parameters: [updateID])
        case .cancelAction: entry(.action, "CancelAction", "action", parameters: [updateID])
        }
    }

    private static func entry(
        _ targetType: TargetType, _ request: String, _ targetParameter: String,
        aliases: [String] = [], tier: OperationSpec.Tier = .operate,
        resend: OperationSpec.Resend = .automatic, cancelledBy: JobOperation? = nil,
        parameters: [OperationParameter] = []
    ) -> OperationSpec {
        OperationSpec(
            targetType: targetType, request: request, targetParameter: targetParameter,
            aliases: aliases, tier: tier, resend: resend, cancelledBy: cancelledBy,
            parameters: parameters)
    }

    private static let signals = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"]
    private static let stopSignal = OperationParameter(
        "stop_signal", .oneOf(signals), "signal that stops the old container")
    private static let stopTime = OperationParameter(
        "stop_time", .integer, "seconds to wait before the container is killed")
    private static let signal = OperationParameter(
        "signal", .oneOf(signals), "signal that stops the container")
    private static let time = OperationParameter(
        "time", .integer, "seconds to wait before the container is killed")
    private static let services = OperationParameter(
        "services", .strings, isDockerName: true, "only these services, separated by commas")
    private static let removeOrphans = OperationParameter(
        "remove_orphans", .boolean, "also remove containers that the file no longer names")
    private static let container = OperationParameter(
        "container", .string, isRequired: true, isDockerName: true,
        "name of the container on the server")
    private static let args = OperationParameter(
        "args", .object, "JSON object handed to the action")
    private static let resourceType = OperationParameter(
        "resource_type", .string, "only resources of this type, for example Stack")
    private static let resources = OperationParameter(
        "resources", .strings, "only these resources, separated by commas")
    private static let updateID = OperationParameter(
        "update_id", .string, "cancel this run only")
}
