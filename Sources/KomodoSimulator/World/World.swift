/// Every resource of the simulated installation.
///
/// Names that carry behaviour (see ``init(extraDeployments:)``):
///
/// | kind | name | behaviour |
/// |---|---|---|
/// | Server | `prod-1`, `prod-2`, `staging` | connected |
/// | Server | `edge-offline`, `lab-disabled` | unreachable, disabled: work on them fails |
/// | Deployment | `web api worker db cache my-app` | ordinary; `my-app` runs the build `my-app` |
/// | Deployment | `broken` | every execution fails remotely, with marked-up logs |
/// | Deployment | `flaky` | every second execution fails |
/// | Deployment | `busy` | busy for 8 s (scaled) after the start |
/// | Deployment | `slow` | ten times slower |
/// | Deployment | `stuck` | accepted, never ends |
/// | Deployment | `sick` | deploys, then its container is unhealthy |
/// | Deployment | `secret-vault` | forbidden to the operator |
/// | Deployment | `offline-app` | on `edge-offline` |
/// | Deployment | `stopped-app`, `new-app` | exited, not deployed |
/// | Stack | `shop`, `blog` | changed, so DeployStackIfChanged deploys everything |
/// | Stack | `monitoring` | written in the UI; DeployStackIfChanged stores nothing |
/// | Stack | `media` | one service changed: DeployStackService |
/// | Stack | `broken-stack`, `legacy` | fails; on `edge-offline` |
/// | Build | `my-app`, `api-image`, `slow-build` | on `local`; `my-app` from `my-repo` |
/// | Build | `broken-build`, `orphan-build` | fails; has no builder |
/// | Repo | `infra`, `docs`, `my-repo` | ordinary; `docs` is at gitlab.com |
/// | Repo | `broken-repo`, `orphan-repo` | fails; has no server |
/// | Procedure | `nightly`, `release` | scheduled; two stages, by hand |
/// | Procedure | `broken-procedure`, `slow-procedure` | second stage fails; six slow stages |
/// | Action | `cleanup`, `report`, `slow-action`, `broken-action` | ordinary, slow, fails |
/// | ResourceSync | `production`, `broken-sync` | ordinary, fails |
struct World: Sendable {
    private var resources: [String: WorldResource] = [:]
    private var idsByKind: [ResourceKind: [String]] = [:]
    private var idByName: [ResourceKind: [String: String]] = [:]

    /// Tags by id; resources carry the ids.
    let tags: [(id: String, name: String)]

    init(tags: [(id: String, name: String)]) {
        self.tags = tags
    }

    /// Adds a resource; the name must be new for its kind.
    mutating func add(_ resource: WorldResource) {
        resources[resource.id] = resource
        idsByKind[resource.kind, default: []].append(resource.id)
        idByName[resource.kind, default: [:]][resource.name] = resource.id
    }

    /// The resource with `id`.
    subscript(id: String) -> WorldResource? {
        get { resources[id] }
        set {
            guard let newValue, resources[id] != nil else { return }
            resources[id] = newValue
        }
    }

    /// The resource that a request names by its id or its name.
    func find(_ kind: ResourceKind, _ idOrName: String) -> WorldResource? {
        if let found = resources[idOrName], found.kind == kind { return found }
        return idByName[kind]?[idOrName].flatMap { resources[$0] }
    }

    /// All resources of a kind, by name.
    func all(_ kind: ResourceKind) -> [WorldResource] {
        (idsByKind[kind] ?? []).compactMap { resources[$0] }.sorted { $0.name < $1.name }
    }

    /// Whether work on the server of `resource` can reach it.
    func isReachable(_ resource: WorldResource) -> Bool {
        let server = resource.kind == .server ? resource : resources[resource.serverID]
        return server.map { $0.state == "Ok" } ?? true
    }
}
