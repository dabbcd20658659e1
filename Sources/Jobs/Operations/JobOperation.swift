/// The operations that jobs run.
///
/// Raw values are the words of the command line, which are the tool
/// names of the MCP surface in kebab case.
package enum JobOperation: String, Sendable, Hashable, CaseIterable {
    case deploy
    case build
    case startServer = "start-server"
    case stopServer = "stop-server"
    case restartServer = "restart-server"
    case runProcedure = "run-procedure"
    case triggerAction = "trigger-action"
    case pullRepo = "pull-repo"
    case cloneRepo = "clone-repo"

    case startDeployment = "start-deployment"
    case stopDeployment = "stop-deployment"
    case restartDeployment = "restart-deployment"
    case pauseDeployment = "pause-deployment"
    case unpauseDeployment = "unpause-deployment"
    case pullDeployment = "pull-deployment"
    case destroyDeployment = "destroy-deployment"

    case deployStack = "deploy-stack"
    case deployStackIfChanged = "deploy-stack-if-changed"
    case startStack = "start-stack"
    case stopStack = "stop-stack"
    case restartStack = "restart-stack"
    case pauseStack = "pause-stack"
    case unpauseStack = "unpause-stack"
    case pullStack = "pull-stack"
    case destroyStack = "destroy-stack"

    case startContainer = "start-container"
    case stopContainer = "stop-container"
    case restartContainer = "restart-container"
    case destroyContainer = "destroy-container"

    case runSync = "run-sync"
    case buildRepo = "build-repo"

    case cancelBuild = "cancel-build"
    case cancelRepoBuild = "cancel-repo-build"
    case cancelProcedure = "cancel-procedure"
    case cancelAction = "cancel-action"

    /// Finds an operation by its own name or by one of its aliases, in any case.
    package init?(word: String) {
        let lowered = word.lowercased()
        guard
            let match = Self.allCases.first(where: {
                $0.rawValue == lowered || $0.spec.aliases.contains(lowered)
            })
        else { return nil }
        self = match
    }

    /// The word in job ids: snake case, with the documented short forms `pull` and `clone`.
    package var idWord: String {
        switch self {
        case .pullRepo: "pull"
        case .cloneRepo: "clone"
        default: String(rawValue.map { $0 == "-" ? "_" : $0 })
        }
    }

    /// Finds an operation by the word in a job id.
    package init?(idWord: String) {
        guard let match = Self.byIDWord[idWord] else { return nil }
        self = match
    }

    private static let byIDWord = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0.idWord, $0) })

    /// What is known about the operation.
    package var spec: OperationSpec {
        // Every case has an entry: `OperationCatalogue` is built by an exhaustive switch.
        OperationCatalogue.spec(of: self)
    }
}
