internal import Jobs

/// The operations of Komodo's record, by Komodo's own words.
///
/// They are those of Komodo 2.3 (`Operation` in `client/core/rs/src/entities`), which has all of
/// 1.19 and 2.0. Core answers a filter on any other word with an empty list.
package enum UpdateOperation {
    /// Komodo's word for an operation that is written in any case and with any separators, or in
    /// the words of our own operations; nil for anything else.
    package static func name(_ word: String) -> String? {
        if names.contains(word) { return word }
        if let name = byFolded[folded(word)] { return name }
        guard let own = JobOperation(word: word) ?? JobOperation(idWord: word) else { return nil }
        return names.contains(own.spec.request) ? own.spec.request : nil
    }

    /// The words that may have been meant, best first.
    package static func nearest(to word: String) -> [String] {
        NearestNames.nearest(to: word, among: names.sorted())
    }

    private static let names: Set<String> = Set(list.split { $0.isWhitespace }.map(String.init))

    private static let byFolded = Dictionary(
        names.map { (folded($0), $0) }, uniquingKeysWith: { first, _ in first })

    private static func folded(_ word: String) -> String {
        word.lowercased().filter { $0.isLetter }
    }

    private static let list = """
        CreateSwarm UpdateSwarm RenameSwarm DeleteSwarm RemoveSwarmNodes UpdateSwarmNode
        RemoveSwarmStacks RemoveSwarmServices CreateSwarmConfig RotateSwarmConfig
        RemoveSwarmConfigs CreateSwarmSecret RotateSwarmSecret RemoveSwarmSecrets CreateServer
        UpdateServer UpdateServerKey DeleteServer RenameServer StartContainer RestartContainer
        PauseContainer UnpauseContainer StopContainer DestroyContainer StartAllContainers
        RestartAllContainers PauseAllContainers UnpauseAllContainers StopAllContainers
        PruneContainers CreateNetwork DeleteNetwork PruneNetworks DeleteImage PruneImages
        DeleteVolume PruneVolumes PruneDockerBuilders PruneBuildx PruneSystem CreateStack
        UpdateStack RenameStack DeleteStack WriteStackContents RefreshStackCache PullStack
        DeployStack StartStack RestartStack PauseStack UnpauseStack StopStack DestroyStack
        RunStackService CheckStackForUpdate DeployStackService PullStackService
        StartStackService RestartStackService PauseStackService UnpauseStackService
        StopStackService DestroyStackService CreateDeployment UpdateDeployment RenameDeployment
        DeleteDeployment Deploy PullDeployment StartDeployment RestartDeployment PauseDeployment
        UnpauseDeployment StopDeployment DestroyDeployment CheckDeploymentForUpdate CreateBuild
        UpdateBuild RenameBuild DeleteBuild RunBuild CancelBuild WriteDockerfile CreateRepo
        UpdateRepo RenameRepo DeleteRepo CloneRepo PullRepo BuildRepo CancelRepoBuild
        CreateProcedure UpdateProcedure RenameProcedure DeleteProcedure RunProcedure
        CancelProcedure CreateAction UpdateAction RenameAction DeleteAction RunAction
        CancelAction CreateResourceSync UpdateResourceSync RenameResourceSync DeleteResourceSync
        WriteSyncContents CommitSync RunSync CreateBuilder UpdateBuilder RenameBuilder
        DeleteBuilder CreateAlerter UpdateAlerter RenameAlerter DeleteAlerter TestAlerter
        SendAlert ClearRepoCache BackupCoreDatabase GlobalAutoUpdate RotateAllServerKeys
        RotateCoreKeys CreateVariable UpdateVariableValue DeleteVariable
        CreateGitProviderAccount UpdateGitProviderAccount DeleteGitProviderAccount
        CreateDockerRegistryAccount UpdateDockerRegistryAccount DeleteDockerRegistryAccount
        """
}
