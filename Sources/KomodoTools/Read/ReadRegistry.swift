/// The tools that look things up in Komodo.
enum ReadRegistry {
    static let entries: [ToolEntry] =
        ReadServers.entries + ReadDeployments.entries + ReadStacks.entries + ReadBuilds.entries
        + ReadRepos.entries + ReadProcedures.entries + ReadActions.entries + ReadAlerts.entries
        + [ReadContainerLog.entry] + ReadUpdates.entries
        + [ReadContainers.entry, ReadSystemStats.entry]
}
