/// The application's resources.
package protocol ResourceProvider: Sendable {
    /// A page of resources.
    ///
    /// - Throws: ``RPCError/invalidParams(_:data:)`` for a cursor that it did not make.
    func resources(after cursor: String?, for principal: Principal) async throws
        -> Listing<Resource>

    /// Every template.
    func templates(for principal: Principal) async throws -> Listing<ResourceTemplate>

    /// The contents of `uri`; nil when there is no such resource for the caller.
    func read(_ uri: String, context: CallContext) async throws -> ResourceReading?

    /// Whether single resources can be watched.
    var isSubscribable: Bool { get }

    /// Yields whenever the resource changes, from the call on; nil when there is no such resource
    /// for the caller.
    func updates(of uri: String, for principal: Principal) async throws -> AsyncStream<Void>?

    /// Yields whenever the list changes; nil when it never does.
    func listChanges() -> AsyncStream<Void>?
}

extension ResourceProvider {
    package func templates(for principal: Principal) async throws -> Listing<ResourceTemplate> {
        Listing([])
    }

    package var isSubscribable: Bool { false }

    package func updates(of uri: String, for principal: Principal) async throws
        -> AsyncStream<Void>?
    { nil }

    package func listChanges() -> AsyncStream<Void>? { nil }
}
