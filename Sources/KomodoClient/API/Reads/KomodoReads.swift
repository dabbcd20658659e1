package import JSON
package import Jobs

/// What can be read of one Komodo for people and models, beyond what jobs need.
///
/// Dialects conform to it. Resources come as objects in the documented spelling (`createdAt`,
/// `server_id`); a field that Komodo does not have is absent, never invented. Texts are as Komodo
/// gave them: whoever lets them out masks secrets and markup first.
package protocol KomodoReads: Sendable {
    /// A page of the resources of one type.
    ///
    /// - Throws: ``KomodoError`` with code `unsupported` for a filter that the dialect lacks.
    func resources(_ query: ResourceQuery) async throws(KomodoError) -> DocumentPage

    /// One resource in full, found by name or id.
    ///
    /// - Throws: ``KomodoError`` with code `notFound` and the nearest names in `suggestions`.
    func resource(
        _ type: TargetType, _ nameOrID: String
    ) async throws(KomodoError) -> JSONObject

    /// What somebody must know of a target before it is stopped or removed: its state, where it
    /// is, and what runs of it, as ``resource(_:_:)`` tells them.
    ///
    /// It takes ``glanceRequestsMax`` requests at most, besides those for names that are known
    /// already; what would take more is absent.
    ///
    /// - Parameter target: with its id and its name in Komodo.
    func glance(at target: Target) async throws(KomodoError) -> JSONObject

    /// A page of alerts, the newest first.
    func alerts(_ query: AlertQuery) async throws(KomodoError) -> DocumentPage

    /// One alert.
    func alert(_ id: String) async throws(KomodoError) -> JSONObject

    /// The end of a container's output.
    func log(_ query: ContainerLogQuery) async throws(KomodoError) -> ContainerLog

    /// A page of Komodo's own record of what was done, the newest first.
    func history(_ query: HistoryQuery) async throws(KomodoError) -> DocumentPage

    /// One entry of that record with its logs.
    func historyEntry(_ id: String) async throws(KomodoError) -> JSONObject

    /// A page of the containers of one server, or of all.
    func containers(_ query: ContainerQuery) async throws(KomodoError) -> DocumentPage

    /// How busy a server, found by name or id, is now.
    func systemStats(ofServer nameOrID: String) async throws(KomodoError) -> JSONObject
}

/// The most requests for a look at a target before it is stopped or removed.
package let glanceRequestsMax = 3
