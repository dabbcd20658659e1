internal import JSON
internal import Jobs

/// What the requests beside a resource came to; nil for those that its type or state does not need.
struct DetailAnswers: Sendable {
    /// The names for the ids in a resource.
    struct Names: Sendable {
        var tags: Result<[String: String], KomodoError>?
        var servers: [String: String] = [:]
        var repos: [String: String] = [:]
    }

    var stats: CoreKomodo.Answer = nil
    var information: CoreKomodo.Answer = nil
    var deployments: CoreKomodo.Answer = nil
    var alerts: CoreKomodo.Answer = nil
    var container: CoreKomodo.Answer = nil
    var services: CoreKomodo.Answer = nil
    var builds: CoreKomodo.Answer = nil
    var log: Result<ContainerLog, KomodoError>?
    var history: Result<[ExecutionRecord], KomodoError>?

    /// The document of `resource`, with what was missing noted.
    func document(
        of resource: CoreResource, _ missing: inout MissingParts
    ) throws(KomodoError) -> JSONObject {
        switch resource.type {
        case .server: return ServerDocument.detailed(resource, try serverParts(&missing))
        case .deployment:
            return DeploymentDocument.detailed(resource, try deploymentParts(&missing))
        case .stack:
            return StackDocument.detailed(
                resource, services: try missing.value("services", services))
        case .build:
            return BuildDocument.detailed(
                resource, history: try missing.value("build_history", history))
        case .repo:
            let builds = try missing.value("builds", builds)
            return RepoDocument.detailed(
                resource, builds: CoreKomodo.builds(of: resource.id, in: builds))
        case .procedure:
            return ProcedureDocument.detailed(
                resource, history: try missing.value("execution_history", history))
        case .action:
            return ActionDocument.detailed(
                resource, history: try missing.value("execution_history", history))
        case .resourceSync: return SyncDocument.document(resource)
        }
    }

    private func serverParts(
        _ missing: inout MissingParts
    ) throws(KomodoError) -> ServerDocument.Parts {
        ServerDocument.Parts(
            stats: try missing.value("metrics", stats),
            information: try missing.value("config", information),
            deploymentIDs: try missing.value("deployments", deployments)?.array?
                .compactMap { $0["id"]?.objectID },
            alerts: try missing.value("alerts", alerts)?["alerts"]?.array?
                .map(AlertDocument.listed))
    }

    private func deploymentParts(
        _ missing: inout MissingParts
    ) throws(KomodoError) -> DeploymentDocument.Parts {
        DeploymentDocument.Parts(
            container: try missing.value("health", container)?["container"],
            stats: try missing.value("metrics", stats), log: try missing.value("logs", log),
            history: try missing.value("deployment_history", history))
    }
}
